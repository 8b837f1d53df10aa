"""Pages of calls: live, the log, one call."""
