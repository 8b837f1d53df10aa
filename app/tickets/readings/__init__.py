"""Policy clauses that staff read aloud to a caller (first-contact responsibility, R11)."""
