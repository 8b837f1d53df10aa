"""Who is behind a ticket: callers by their telephone, and their households."""
