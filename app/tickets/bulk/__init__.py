"""One act on many tickets, each with an outcome of its own."""
