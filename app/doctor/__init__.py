"""What stands between the hotline and its callers, found before they do: `hotline doctor`."""
