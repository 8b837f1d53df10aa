"""Who hears something before the menus: banned numbers, and callers who may be machines."""
