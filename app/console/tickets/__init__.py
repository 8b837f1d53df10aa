"""Pages of tickets: the list, one ticket with its verbs, opening one at the desk."""
