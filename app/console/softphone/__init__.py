"""The page of the staff's telephone."""
