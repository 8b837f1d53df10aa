"""One's own account: profile, password, second factor, sessions."""
