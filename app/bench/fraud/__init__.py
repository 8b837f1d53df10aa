"""Attempts of toll fraud against the whole service, judged by the exchange's own records (C12)."""
