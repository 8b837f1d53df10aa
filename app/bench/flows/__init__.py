"""How the check of flows stands up to mutated files: no crash, no false promise."""
