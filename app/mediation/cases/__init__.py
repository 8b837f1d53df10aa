"""Dispute cases: parties, sessions at once or by appointment, minutes, agreement, follow-up."""
