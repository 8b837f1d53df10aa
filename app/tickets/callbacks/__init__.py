"""Calling back: who called and got nothing, and how staff are connected with them."""
