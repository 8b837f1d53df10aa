"""The audit: who did what, append-only and hash-chained."""
