"""Commands of `hotline` that fill a file of their own; heavy imports wait until they run."""
