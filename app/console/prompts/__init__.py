"""Pages about what callers hear."""
