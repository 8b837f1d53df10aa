"""Random mediations against the ledger of the simulated exchange: what may never happen."""
