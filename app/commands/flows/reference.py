"""`hotline flows reference`."""

import typer


def reference() -> None:
    """Print the reference of flow files (docs/flows.md), written from the node types."""
    from app.flows.reference import reference as whole_page

    typer.echo(whole_page(), nl=False)
