"""A made-up quarter of a county's hotline, for the demonstration and for measuring pages."""
