"""How tickets belong together, and which calls belong to them."""
