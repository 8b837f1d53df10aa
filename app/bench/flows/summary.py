"""What a campaign found, as the table of `docs/benchmarks.md`."""

from statistics import median, quantiles

from app.bench.flows.campaign import Tally

MOST_FAULTS = 20  # that are written out


def summary(tally: Tally) -> str:
    """The table, and under it every mutant that broke a promise."""
    seconds = tally.seconds or [0.0]
    p99 = quantiles(seconds, n=100)[-1] if len(seconds) > 1 else seconds[0]
    often = ", ".join(f"{rule} {count:,}" for rule, count in tally.by_rule.most_common(8))
    spread = f"{median(seconds):.2f}, {p99:.2f}, {tally.slowest:.2f} s"
    rows = (
        ("mutants", f"{tally.mutants:,}"),
        ("refused, each with file, line, column and sentence", f"{tally.refused:,}"),
        ("refused most often by", often),
        ("rules that refused one", f"{len(tally.by_rule)}"),
        ("accepted, and called by the witness", f"{tally.accepted:,}"),
        ("processor time: median, p99, most", spread),
        ("peak memory grew by", f"{tally.grown:.0f} MB"),
        ("**crashes and broken promises**", f"**{len(tally.faults)}**"),
    )
    table = "\n".join(f"| {what} | {value} |" for what, value in rows)
    faults = "\n".join(f"- {fault}" for fault in tally.faults[:MOST_FAULTS])
    return f"| | |\n|---|---|\n{table}\n{faults}".rstrip()
