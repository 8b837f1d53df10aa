"""`hotline flows test --record`: the call that is to be written down."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.commands.flows.folder import compiled

if TYPE_CHECKING:
    from app.flows.rehearsal.report import Report
    from app.rehearsal.recording.moments import RecordedCall

SOMEBODY = "+8613800138000"
SIDS = "CA"


def record_call(folder: Path, path: Path, call: str) -> "Report":
    """Write a call into a new file and play it: one of the log by its SID, or one placed now."""
    from app.flows.findings import FlowError
    from app.policies.shelf import load_shelf
    from app.rehearsal.recording.moments import RecordingError
    from app.rehearsal.recording.record import record

    library, articles = compiled(folder), load_shelf(folder / "policies")
    try:
        recorded = _logged(call) if call.startswith(SIDS) else _placed(call)
        written, report = record(recorded, path, library, articles)
    except (RecordingError, FlowError) as error:
        sys.exit(f"hotline: {error}")
    typer.echo(f"{path} is written.")
    if written.stopped:
        typer.echo(f"It ends before the call did. {written.stopped}")
    return report


def _port() -> int:
    from app.demo import DEFAULT_PORT

    return int(os.environ.get("HOTLINE_PORT", DEFAULT_PORT))


def _placed(keys: str) -> "RecordedCall":
    """A call that is placed now, by a telephone in this terminal."""
    from app.exchange.phones.terminal import run_terminal_phone
    from app.rehearsal.recording.from_phone import Witness

    witness = Witness(SOMEBODY)
    address = f"http://127.0.0.1:{_port()}"
    status = run_terminal_phone(address, SOMEBODY, "", keys, "", witness=witness)
    if status:
        sys.exit(status)
    return witness.call()


def _logged(sid: str) -> "RecordedCall":
    """A call of the log."""
    from app.database import Database, unlock
    from app.demo import DEFAULT_VAR, settings_or_demo
    from app.rehearsal.recording.from_log import call_of_log

    settings = settings_or_demo(_port(), DEFAULT_VAR)
    unlock(list(settings.secrets))
    database = Database(settings.database_url)
    try:
        with database.reading() as connection:
            return call_of_log(connection, sid)
    finally:
        database.close()
