"""What a mediator may do with a session: one set of verbs for the console and the telephone."""
