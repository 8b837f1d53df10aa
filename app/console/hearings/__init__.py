"""The pages of phone hearings: plan, conduct, minutes."""
