"""Browsers that somebody has signed in with."""
