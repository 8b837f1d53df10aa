"""Twilio's REST API, the part that a voice application needs (contract, section 4)."""
