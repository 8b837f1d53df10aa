"""The call log: what happened in every call, and where each call is now."""
