"""Roles, rights and scopes: one table says what each role may do."""
