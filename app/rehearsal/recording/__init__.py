"""Writes a transcript from a call: one placed in the simulator, or one of the log."""
