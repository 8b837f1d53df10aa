"""The `hotline` command."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.settings import Settings, SettingsError, load_settings

app = typer.Typer(
    help="回响 Huixiang: the hotline that answers every call.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
flows = typer.Typer(help="Check and show the menu flows.", no_args_is_help=True)
db = typer.Typer(help="Migrate and check the database.", no_args_is_help=True)
app.add_typer(flows, name="flows")
app.add_typer(db, name="db")

DEFAULT_PORT = 8000
Port = Annotated[
    int, typer.Option(envvar="HOTLINE_PORT", min=1, max=65535, help="TCP port on this machine.")
]
Folder = Annotated[Path, typer.Argument(help="The folder with the flow files.")]


def main() -> None:
    """Run a command; problems of the operator's are told in one sentence, not as a trace."""
    try:
        app()
    except SettingsError as error:
        sys.exit(f"hotline: {error}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer webhooks.")] = 1,
) -> None:
    """Answer the provider's webhooks."""
    import uvicorn

    from app.main import refuse_unready

    settings = load_settings()
    if workers > 1 and settings.database_url.startswith("sqlite"):
        sys.exit(
            "hotline: SQLite serves one worker: two are slower than one there, because only one "
            "can write at a time. Use PostgreSQL for more, or --workers 1."
        )
    refuse_unready(settings)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
    )


@app.command()
def worker() -> None:
    """Do the background work: ring the parties of a mediation, watch deadlines."""
    import asyncio

    from app.main import refuse_unready, run_worker

    settings = load_settings()
    refuse_unready(settings)
    asyncio.run(run_worker(settings))


@app.command()
def demo(
    port: Port = DEFAULT_PORT,
    var: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path(
        "var"
    ),
) -> None:
    """Run the service and a simulated telephone exchange on this machine."""
    from app.demo import run_demo

    run_demo(port, var)


@db.command("upgrade")
def db_upgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go to.")] = "head",
) -> None:
    """Bring the database to the newest schema."""
    from app import schema

    schema.upgrade(load_settings().database_url, revision)


@db.command("downgrade")
def db_downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, or `base`.")],
) -> None:
    """Take migrations back."""
    from app import schema

    schema.downgrade(load_settings().database_url, revision)


@db.command("check")
def db_check() -> None:
    """Prove that the migrations produce exactly the tables of the models (on a scratch file)."""
    import tempfile

    from app import schema
    from app.database import Database

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/check.db"
        schema.upgrade(url)
        database = Database(url)
        found = schema.differences(database)
        database.close()
    if found:
        sys.exit("hotline: the migrations lack:\n" + "\n".join(found))
    typer.echo("The migrations and the models agree.")


@flows.command("check")
def flows_check(folder: Folder = Path("ivr_flows")) -> None:
    """Check every flow, prompt, policy and the directory; say where each mistake is."""
    from app.flows.compiler import check_folder
    from app.policies.shelf import load_shelf

    findings = check_folder(folder, load_shelf(folder / "policies"))
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        sys.exit(f"{errors} error(s) in {folder}.")
    typer.echo(f"{folder} is in order.")


@flows.command("schema")
def flows_schema() -> None:
    """Print the JSON Schema of flow files, for completion in editors."""
    import json

    from app.flows.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _settings_or_demo(port: int) -> Settings:
    """The settings of the environment, or the demonstration's when there are none."""
    from app.demo import demo_settings

    if "HOTLINE_DATABASE_URL" in os.environ or Path(".env").exists():
        return load_settings()
    return demo_settings(Path("var"), port)


if __name__ == "__main__":
    main()
