"""Prompts that people have spoken: recorded by telephone or uploaded, and which of them are heard."""
