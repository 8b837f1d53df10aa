"""What the hotline learns from its calls: numbers for those who run it."""
