"""The page from which mediations are led while they go on."""
