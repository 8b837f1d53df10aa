"""Staff: their accounts, grants, credentials and sessions."""
