"""One file with all that a hotline holds, and the way back."""
