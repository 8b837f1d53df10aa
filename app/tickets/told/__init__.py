"""What the caller of a ticket knows of it: shown to them, and to nobody for whom it is not."""
