"""The clocks of tickets: respond and complete, their warnings, and the escalation at their end."""
