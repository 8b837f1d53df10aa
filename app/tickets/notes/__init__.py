"""What staff write down about a ticket, and what they told its caller."""
