"""`hotline flows schema`."""

from typing import Annotated

import typer


def schema(
    tests: Annotated[bool, typer.Option("--tests", help="That of transcripts instead.")] = False,
) -> None:
    """Print the JSON Schema of flow files, for completion in editors."""
    import json

    from app.flows.rehearsal.documentation import json_schema as of_transcripts
    from app.flows.schema import json_schema

    chosen = of_transcripts() if tests else json_schema()
    typer.echo(json.dumps(chosen, ensure_ascii=False, indent=2))
