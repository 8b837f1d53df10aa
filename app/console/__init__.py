"""The staff's console: pages over the domains. It translates and delegates; no rule lives here."""
