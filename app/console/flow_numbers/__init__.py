"""The numbers of the flows: how far callers get, where they leave, what nobody understood."""
