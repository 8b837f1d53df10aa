"""What was heard and said in a call, and its way through the flow, read back from its events."""
