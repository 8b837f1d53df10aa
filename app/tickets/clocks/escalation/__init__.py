"""The call about a deadline: one after another in the department's line, until somebody takes it.

The line is person, head, director. Each hears what the ticket is about and presses a key.
"""
