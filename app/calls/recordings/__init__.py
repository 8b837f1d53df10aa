"""Recordings we keep: fetched, verified, stored, made playable, retained, redacted."""
