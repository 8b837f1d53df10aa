"""Calls in progress, and how today goes."""
