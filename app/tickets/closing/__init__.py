"""Closing the loop: the caller is asked, and only the caller's word closes a ticket."""
