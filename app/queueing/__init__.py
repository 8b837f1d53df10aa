"""Callers who want a person: whom to ring, who waits in what order, who takes whom."""
