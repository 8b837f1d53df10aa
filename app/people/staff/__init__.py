"""Staff: their accounts and grants."""
