"""What a campaign of fraud came to, as the table of `docs/benchmarks.md`."""

from app.bench.fraud.campaign import Tally


def summary(tally: Tally) -> str:
    """The table, and under it whatever must never be."""
    attempts = sum(tally.attempts.values())
    refused = ", ".join(f"{rule} {count:,}" for rule, count in tally.refused.most_common())
    passed = ", ".join(f"{cap} {by:+}" for cap, by in sorted(tally.passed.items()))
    alarms = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.alarms.items()))
    rows = (
        ("attempts", f"{attempts:,}"),
        ("by way", ", ".join(f"{way} {count:,}" for way, count in tally.attempts.items())),
        ("calls placed at the exchange; numbers put into a `<Dial>`",
         f"{tally.rung:,}; {tally.dialled:,}"),
        ("refused by the gateway, by rule", refused),
        ("most that was out, against its cap", passed),
        ("forged webhooks, believed", f"{tally.forged:,}, {tally.believed}"),
        ("alarms", alarms),
        ("seconds", f"{tally.seconds:.0f}"),
        ("**legs outside the allow-list**", f"**{len(tally.forbidden)}**"),
        ("**caps passed by more than one call**",
         f"**{sum(by > 1 for by in tally.passed.values())}**"),
    )  # fmt: skip
    table = "\n".join(f"| {what} | {value} |" for what, value in rows)
    faults = "\n".join(f"- {fault}" for fault in tally.faults[:20])
    return f"| | |\n|---|---|\n{table}\n{faults}".rstrip()
