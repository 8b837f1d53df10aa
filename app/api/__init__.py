"""`/api/v1`: tickets, calls and webhooks for the county's other systems, by token."""
