"""The log of calls: filtered by its address, paged by cursors, exported."""

from collections.abc import Iterator, Sequence
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.calls.log import queries
from app.calls.log.filter import DIRECTIONS, NO, STATUSES, YES, CallFilter
from app.calls.log.rows import ListedCall
from app.calls.log.sight import sight_of
from app.calls.outcomes.rules import Outcome
from app.console.calls.book import book_for, telephones_of, whom_to_reach
from app.console.calls.lines import Line, coded, language_name, line_of, numbers_in
from app.console.calls.places import Places
from app.console.naming import Names, names_for
from app.people.access.rights import Right
from app.tickets.lists.paging import Cursor
from app.tickets.phones import e164
from app.web.access import ExportCalls, ViewCalls
from app.web.exports import AskedFormat, Column, Kind, Row, Sheet, export
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(include_in_schema=False)

PAGE = 50
LENGTHS = (60, 180, 600, 1800)  # seconds
RARE = ("direction", "status", "language", "reached", "recording", "ticket", "at_least")


@router.get("/console/calls")
def log(request: Request, visitor: ViewCalls, after: str = "") -> Response:
    """A page of the log."""
    site = site_of(request)
    chosen = filter_of(request)
    with site.database.reading() as connection:
        names = names_for(request, visitor, connection)
        found = queries.list_calls(
            connection,
            chosen,
            sight_of(visitor),
            telephones_of(connection, names.directory, chosen.reached),
            after=Cursor.parse(after),
            limit=PAGE,
        )
        book = book_for(connection, names, numbers_in(found.page.lines))
        people = whom_to_reach(connection, names)
    places = Places(site.library, names.language)
    now = site.clock.now()
    onward = found.page.next or found.looked_until
    return render(
        request,
        "calls/log.html",
        visitor=visitor,
        lines=[line_of(listed, book, places, now) for listed in found.page.lines],
        chosen=chosen,
        phone=request.query_params.get("phone", ""),
        options=options(names) | {"reached": people},
        rare=any(name in chosen.chosen for name in RARE),
        older=chosen.query(after=str(onward)) if onward else "",
        looked_until=found.looked_until,
        first=not after,
        newest=chosen.query(),
        may_export=visitor.may(Right.calls_export),
    )


@router.get("/console/calls/export")
def export_log(
    request: Request, visitor: ExportCalls, file_format: AskedFormat = "xlsx"
) -> Response:
    """The log as it is filtered, as a file."""
    chosen = filter_of(request)
    site, language = site_of(request), language_of(request, visitor)
    now = site.clock.now()
    names = Names(site.library.current.directory, language)
    columns = [
        Column(names.say(f"calls.column.{key}"), kind, width) for key, kind, width in _COLUMNS
    ]

    def rows(connection: Connection) -> Iterator[Row]:
        places = Places(site.library, language)
        telephones = telephones_of(connection, names.directory, chosen.reached)
        sight = sight_of(visitor, Right.calls_export)
        for portion in queries.export_calls(connection, chosen, sight, telephones):
            book = book_for(connection, names, numbers_in(portion))
            yield from (
                _row(listed, line_of(listed, book, places, now), names) for listed in portion
            )

    sheet = Sheet("calls", names.say("calls.title"), columns, rows, chosen.chosen)
    return export(request, visitor, sheet, file_format)


_COLUMNS: Sequence[tuple[str, Kind, int]] = (
    ("started_at", "instant", 20),
    ("ended_at", "instant", 20),
    ("seconds", "number", 8),
    ("direction", "text", 10),
    ("caller", "phone", 20),
    ("called", "phone", 20),
    ("status", "text", 10),
    ("outcome", "text", 16),
    ("language", "text", 12),
    ("last_place", "text", 18),
    ("reached", "text", 24),
    ("tickets", "text", 20),
    ("recordings", "number", 8),
    ("sid", "text", 36),
)


def _row(listed: ListedCall, line: Line, names: Names) -> Row:
    call = listed.call
    direction = "inbound" if line.inbound else "outbound"
    return (
        call.started_at,
        call.ended_at,
        call.seconds,
        names.say(f"calls.direction.{direction}"),
        call.caller or line.caller,
        call.called,
        coded("calls.status", call.status, names),
        line.outcome,
        line.language,
        line.last_place,
        names.say("shell.between").join(line.reached),
        " ".join(line.tickets),
        line.recordings,
        call.sid,
    )


def options(names: Names) -> dict[str, list[tuple[str, str]]]:
    """The choices of the filter's lists: values and what they are called."""
    directory = names.directory
    yes_no = [(value, names.say(f"shell.{value}")) for value in (YES, NO)]
    return {
        "direction": [(one, names.say(f"calls.direction.{one}")) for one in DIRECTIONS],
        "status": [(one, coded("calls.status", one, names)) for one in STATUSES],
        "outcome": [(one, coded("calls.outcome", one, names)) for one in get_args(Outcome)],
        "language": [(tag, language_name(tag, names)) for tag in directory.languages],
        "recording": yes_no,
        "ticket": yes_no,
        "at_least": [(str(one), names.say("calls.minutes", count=one // 60)) for one in LENGTHS],
    }


def filter_of(request: Request) -> CallFilter:
    """The filter of an address; a telephone may be written as people write it."""
    query = dict(request.query_params)
    if query.get("phone", "").strip():
        query["phone"] = e164(query["phone"]) or query["phone"]
    return CallFilter.parse(query)
