"""Who of the staff sits at their telephone in the browser, and whether they take calls."""
