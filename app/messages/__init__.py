"""Text messages: what goes out exactly once, what comes in and what it leads to, who wants none."""
