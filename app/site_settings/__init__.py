"""Settings of the site that its people switch from the console, without a restart."""
