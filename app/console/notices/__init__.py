"""The page of temporary notices."""
