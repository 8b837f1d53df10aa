"""The way in: password, second factor, identity provider."""
