"""`hotline flows explain`."""

import sys
from typing import Annotated

import typer


def explain(
    rule: Annotated[str, typer.Argument(help="The rule, as it stands in brackets.")] = "",
) -> None:
    """Explain a rule of `hotline flows check`: why callers need it, and how to keep it.

    Without a rule, all are listed.
    """
    from app.flows.rules import GROUPS, explanation, rules
    from app.flows.source import nearest

    known = rules()
    if rule:
        if rule not in known:
            sys.exit(f"hotline: there is no rule `{rule}`. {nearest(rule, known)}")
        typer.echo(explanation(known[rule]))
        return
    for group, title in GROUPS.items():
        typer.echo(f"{title}")
        for entry in known.values():
            if entry.group == group:
                typer.echo(f"  {entry.name:<20} {entry.severity:<8} {entry.title}")
        typer.echo("")
