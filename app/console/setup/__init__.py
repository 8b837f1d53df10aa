"""The first steps of a site: departments, people, provider, a first call. Left and resumed."""
