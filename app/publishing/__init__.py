"""Versions of what callers hear: accepted, put in force, rolled back, drafted."""
