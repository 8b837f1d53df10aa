"""The duty roster: who is on duty this week, weekly duties, swaps."""
