"""`hotline bench`: the real service and a bare route, side by side on this machine."""
