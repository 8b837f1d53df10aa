"""What `hotline export` prints: safe to open, and without what may be a PIN."""

import csv
import io
import json

import pytest
from app.calls.queries import export_events
from app.cli import app
from app.database import Database
from app.exports import write_rows
from app.tickets.queries import export_tickets
from tests.console.cases import CALLER, Cases
from tests.fixtures.callbook import CallBook
from tests.fixtures.office import NOON, Office
from typer.testing import CliRunner

PIN_QUESTION = '<Response><Gather numDigits="6"><Say>?</Say></Gather></Response>'


def test_csv_runs_nothing_and_keeps_telephones() -> None:
    rows = [{"sid": "=1+1", "caller": "+8613800138000", "number": "12345678", "at": NOON, "n": -1}]
    printed = io.StringIO()
    write_rows(rows, "csv", printed)
    head, row = csv.reader(io.StringIO(printed.getvalue()))
    assert dict(zip(head, row, strict=True)) == {
        "sid": "'=1+1",
        "caller": "(+86) 138 0013 8000",
        "number": "12345678",
        "at": "2026-11-24T04:00:00+00:00",
        "n": "-1",
    }


def test_json_is_what_it_is() -> None:
    printed = io.StringIO()
    write_rows([{"caller": "+8613800138000"}], "json", printed)
    assert json.loads(printed.getvalue()) == {"caller": "+8613800138000"}


@pytest.mark.parametrize(("keys", "shown"), [("135790", "••••"), ("0", "0")])
def test_events_hide_what_may_be_a_pin(database: Database, keys: str, shown: str) -> None:
    book = CallBook(database, NOON)
    book.call("CA1")
    book.event("CA1", "step:0", told={"given": "started"}, answer=PIN_QUESTION)
    book.event("CA1", "step:1", told={"given": "pressed", "keys": keys})
    with database.reading() as connection:
        _first, second = export_events(connection, "CA1")
    assert json.loads(str(second["detail"])) == {"given": "pressed", "keys": shown}


def test_tickets_name_their_callers_but_for_the_sealed(office: Office) -> None:
    cases = Cases(office)
    number, sealed = cases.opened(), cases.opened("保密的事", sealed=True)
    with office.database.reading() as connection:
        callers = {row["number"]: row["caller"] for row in export_tickets(connection)}
    assert callers == {number: CALLER, sealed: None}


def test_events_are_asked_for_by_a_call_that_is_known(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing at all would be taken for a call without events."""
    monkeypatch.setattr("app.demo.settings_or_demo", lambda _port, _var: office.service.settings)
    for asked, told in (([], "say which by --sid"), (["--sid", "CAnone"], "no call CAnone stands")):
        result = CliRunner().invoke(app, ["export", "events", *asked])
        assert result.exit_code == 1
        assert told in str(result.output)
