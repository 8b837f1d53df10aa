"""Tickets as pages show them: the desk, lists, one ticket, exports, counts."""
