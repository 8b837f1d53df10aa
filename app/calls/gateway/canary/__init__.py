"""The canary: a call that proves the line end to end, and an alarm when it is missed."""
