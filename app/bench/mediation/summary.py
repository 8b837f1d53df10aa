"""What came of a campaign, in words."""

from app.bench.mediation.campaign import Tally

MOST_SHOWN = 20  # schedules with violations


def summary(tally: Tally, seed: int) -> str:
    """How much was played, and every violation."""
    lines = [
        f"{tally.played:,} schedules of seed {seed}, in {tally.opened:,} of them the floor opened; "
        f"{tally.webhooks:,} webhooks, {tally.audible:,} spans in which somebody heard somebody, "
        f"{tally.recorded:,} in which somebody was recorded; {tally.seconds:,.0f} s of processor "
        f"time; {len(tally.faults)} with violations."
    ]
    return "\n".join([*lines, *findings(tally, seed)])


def findings(tally: Tally, seed: int) -> list[str]:
    """Every violation below the command that plays its schedule alone, in lines."""
    lines: list[str] = []
    for number, faults in sorted(tally.faults.items())[:MOST_SHOWN]:
        lines += ["", f"hotline bench mediation --seed {seed} --only {number}"]
        lines += [f"  {fault}" for fault in faults]
    return lines
