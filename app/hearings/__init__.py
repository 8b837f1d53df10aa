"""Phone hearings: members rung at the hour, roll and quorum, one floor, secret votes, minutes."""
