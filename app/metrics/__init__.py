"""What is measured: counters of each process, and how things stand in the database."""
