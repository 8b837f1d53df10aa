"""Who owns a ticket: claiming it, offering it to others, assigning it (requirement R11)."""
