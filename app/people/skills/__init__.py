"""What members of the staff can do: languages and named skills, by which callers reach them."""
