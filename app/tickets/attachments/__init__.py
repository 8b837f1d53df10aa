"""Photos and documents of a ticket."""
