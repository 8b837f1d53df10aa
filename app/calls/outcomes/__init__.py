"""What each inbound call led to: no call ends without an outcome (requirement R1)."""
