"""The page of what goes out: how much of the caps is used, what was refused, what is unknown."""
