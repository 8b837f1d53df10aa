"""Who is on duty: shifts, the weekly patterns they come from, swaps, and the working calendar."""
