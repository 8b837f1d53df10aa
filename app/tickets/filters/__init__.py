"""Filters of lists: parsed from an address, turned into SQL, and saved by each person."""
