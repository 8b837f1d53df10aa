"""Pages of the menus."""
