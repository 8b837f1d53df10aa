"""Sound out of verified files, in a process of its own: measured, trimmed, levelled, encoded."""
