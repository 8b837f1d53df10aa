"""Webhooks out: what happens here, told to the county's other systems; signed and retried."""
