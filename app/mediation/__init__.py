"""Three-way mediation by telephone: who is invited, who consents, who is on the floor."""
