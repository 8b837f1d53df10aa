"""How many callers went where in the flows, counted once per ended call."""
