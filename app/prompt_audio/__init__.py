"""Prompts that people have spoken, by telephone or as files, and which of them callers hear."""
