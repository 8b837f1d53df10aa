"""Temporary notices: what staff switch on for a while, and every caller hears."""
