"""One-time codes by text: they prove that somebody has a telephone in their hand."""
