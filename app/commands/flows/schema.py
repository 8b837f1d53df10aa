"""`hotline flows schema`."""

import typer


def schema() -> None:
    """Print the JSON Schema of flow files, for completion in editors."""
    import json

    from app.flows.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
