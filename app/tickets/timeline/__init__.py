"""All that happened around a ticket, as one list."""
