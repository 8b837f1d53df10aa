"""Tokens by which the county's other systems use the API."""
