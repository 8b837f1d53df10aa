"""The `hotline` command."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app import staff_commands
from app.commands.backup import backup, restore
from app.commands.bench import bench
from app.commands.doctor import doctor
from app.commands.flows import flows
from app.commands.recordings import recordings
from app.settings import SettingsError, load_settings

app = typer.Typer(
    help="回响 Huixiang: the hotline that answers every call.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="Migrate and check the database.", no_args_is_help=True)
app.add_typer(flows, name="flows")
app.add_typer(db, name="db")
app.add_typer(staff_commands.staff, name="staff")
app.add_typer(staff_commands.audit, name="audit")
app.add_typer(recordings, name="recordings")
app.add_typer(bench, name="bench")
for command in (backup, restore, doctor):
    app.command()(command)

DEFAULT_PORT = 8000


class Export(StrEnum):
    """What can be exported."""

    calls = "calls"
    events = "events"
    tickets = "tickets"
    mediations = "mediations"


class Output(StrEnum):
    """How an export is written."""

    csv = "csv"
    json = "json"


Port = Annotated[
    int, typer.Option(envvar="HOTLINE_PORT", min=1, max=65535, help="TCP port on this machine.")
]
Var = Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")]


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
    """Answer the provider's webhooks; serve the console, the portal and the API."""
    import gc

    gc.disable()  # what is loaded now stays; the application looks for garbage from its start on
    import uvicorn

    from app.metrics.workers import share_counters

    settings = load_settings()
    if workers > 1 and settings.database_url.startswith("sqlite"):
        sys.exit(
            "hotline: SQLite serves one worker: two are slower than one there, because only one "
            "can write at a time. Use PostgreSQL for more, or --workers 1."
        )
    if workers > 1:
        share_counters()
    from app.main import refuse_unready

    refuse_unready(settings)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        log_config=None,  # the libraries' lines are written by `app.logs` as well
    )


@app.command()
def worker() -> None:
    """Do the background work: deadlines, calls, texts, recordings, return visits."""
    import asyncio

    from app.main import refuse_unready, run_worker

    settings = load_settings()
    refuse_unready(settings)
    asyncio.run(run_worker(settings))


@app.command()
def demo(
    port: Port = DEFAULT_PORT,
    var: Var = Path("var"),
    history_days: Annotated[
        int, typer.Option(min=0, max=366, help="Days of made-up history, at the first start.")
    ] = 21,
) -> None:
    """Run the service and a simulated telephone exchange on this machine."""
    from app.demo import run_demo

    run_demo(port, var, history_days)


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


@db.command("reencrypt")
def db_reencrypt() -> None:
    """Write every encrypted value anew with the first HOTLINE_SECRET_KEY; calls go on meanwhile."""
    from app.database import Database, unlock
    from app.reencryption import reencrypt

    settings = load_settings()
    unlock(list(settings.secrets))
    database = Database(settings.database_url)
    try:
        typer.echo(f"{reencrypt(database):,} values were written anew.")
    finally:
        database.close()


@app.command()
def call(
    to: Annotated[str, typer.Option(help="Number to dial; by default the hotline.")] = "",
    caller: Annotated[str, typer.Option("--from", help="Your own number.")] = "+8613800138000",
    keys: Annotated[
        str, typer.Option(help='What to press at each question, such as "1,w2,3"; w waits 1 s.')
    ] = "",
    say: Annotated[str, typer.Option(help="Words to say where the hotline listens.")] = "",
    text: Annotated[str, typer.Option(help="Send this text message instead of calling.")] = "",
    listen: Annotated[bool, typer.Option(help="Wait to be rung instead of dialling.")] = False,
    port: Port = DEFAULT_PORT,
) -> None:
    """Place a call from this terminal, or send a text, through the simulated exchange."""
    from app.exchange.phones.terminal import run_terminal_phone, send_terminal_text

    address = f"http://127.0.0.1:{port}"
    if text:
        sys.exit(send_terminal_text(address, caller, to, text))
    sys.exit(run_terminal_phone(address, caller, to, keys, say, listen=listen))


@app.command()
def export(
    what: Annotated[Export, typer.Argument(help="What to export.")],
    sid: Annotated[str, typer.Option(help="For events: the call's SID.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 1_000,
    output: Annotated[Output, typer.Option("--format", help="csv or json.")] = Output.csv,
    port: Port = DEFAULT_PORT,
    var: Var = Path("var"),
) -> None:
    """Print what stands in SQL: calls, the events of a call, tickets, or mediations."""
    from app.demo import settings_or_demo
    from app.exports import export_rows, write_rows

    if what is Export.events and not sid:
        sys.exit("hotline: events are those of one call: say which by --sid CA….")
    rows = export_rows(settings_or_demo(port, var), what, sid, limit)
    if not write_rows(rows, output, sys.stdout) and what is Export.events:
        sys.exit(f"hotline: no call {sid} stands in the log.")


@app.command()
def seed(
    days: Annotated[int, typer.Option(min=1, max=366, help="How far back the history goes.")] = 90,
    calls_a_day: Annotated[int, typer.Option(min=1, max=2_000, help="Calls on a usual day.")] = 40,
    copies: Annotated[
        int, typer.Option(min=0, max=1_000, help="Older copies of it all, to measure a large site.")
    ] = 0,
    chance: Annotated[int, typer.Option(help="The same number makes the same history.")] = 1,
    password: Annotated[
        str, typer.Option(help="With it all made-up staff may sign in; without it nobody may.")
    ] = "",
    port: Port = DEFAULT_PORT,
    var: Var = Path("var"),
) -> None:
    """Fill an empty database with a made-up history: calls, tickets, staff, households."""
    from app.demo import settings_or_demo
    from app.seed.command import run_seed

    settings = settings_or_demo(port, var)
    typer.echo(run_seed(settings, days, calls_a_day, copies, chance, password))


@app.command()
def exchange(
    voice_url: Annotated[str, typer.Option(help="Where calls to the hotline get their TwiML.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 9000,
) -> None:
    """Run the simulated telephone exchange alone, for a service that runs elsewhere.

    It takes the account, the token and the hotline's number from the HOTLINE_* settings.
    """
    from app.demo import run_exchange

    run_exchange(load_settings(), voice_url, host, port)


if __name__ == "__main__":
    main()
