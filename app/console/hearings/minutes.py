"""The minutes of a hearing: a page to print, and attendance and results as files."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.hearings.page import board_of
from app.console.naming import Names, names_for
from app.hearings import queries
from app.hearings.queries import Board, Happened, Vote
from app.hearings.voting import Check, check_count
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.changes import staff_of
from app.web.access import ExportHearings, ViewHearings
from app.web.exports import AskedFormat, Column, Kind, Row, Sheet, export
from app.web.pages import render
from app.web.site import site_of
from app.web.times import exact

router = APIRouter()

# What the minutes tell in their order; the rest is the business of telephones.
TOLD = frozenset(
    {
        "planned", "changed", "moved", "calling", "opened", "roll_begun", "roll_taken",
        "quorum_reached", "quorum_lost", "item", "announced", "vote_opened", "vote_closed",
        "closed", "cancelled", "unknown_removed", "replaced", "refused",
    }
)  # fmt: skip


@router.get("/{hearing_id:int}/minutes")
def minutes(request: Request, visitor: ViewHearings, hearing_id: int) -> Response:
    """The minutes, made to be printed."""
    board = board_of(request, visitor, hearing_id)
    with site_of(request).database.reading() as connection:
        happened = queries.events(connection, hearing_id)
        actors = [staff_of(one.actor) for one in happened]
        names = names_for(request, visitor, connection, [*actors, staff_of(board.created_by)])
        checks = {
            vote.id: check_count(connection, hearing_id, vote.id)
            for vote in board.votes
            if vote.state == "closed"
        }
        return render(
            request,
            "hearings/minutes.html",
            visitor=visitor,
            board=board,
            hearing=board.session,
            seats={seat.id: seat for seat in board.seats},
            spans=queries.spans(connection, hearing_id),
            turns=queries.turns(connection, hearing_id),
            told=[one for one in happened if one.event in TOLD],
            actor=lambda one: _actor(one, board, names),
            said=lambda one: _said(one, names),
            checks=checks,
            names=names,
            recordings=queries.recordings(connection, hearing_id),
            may_listen=visitor.may(Right.recordings_listen),
            may_export=visitor.may(Right.hearings_export),
        )


@router.get("/{hearing_id:int}/attendance")
def export_attendance(
    request: Request, visitor: ExportHearings, hearing_id: int, file_format: AskedFormat = "csv"
) -> Response:
    """Who attended from when until when, as a file."""
    board = board_of(request, visitor, hearing_id)
    names = _names(request, visitor)
    sheet = Sheet(
        what="hearing-attendance",
        title=names.say("hearings.attendance"),
        columns=[
            _column(names, "number", "number", 8),
            _column(names, "role"),
            _column(names, "name", width=20),
            _column(names, "phone", "phone", 20),
            _column(names, "language"),
            _column(names, "from", "instant", 20),
            _column(names, "until", "instant", 20),
            _column(names, "way"),
        ],
        rows=lambda connection: _attendance(connection, board, names),
        filters={"hearing": str(hearing_id)},
    )
    return export(request, visitor, sheet, file_format)


@router.get("/{hearing_id:int}/results")
def export_results(
    request: Request, visitor: ExportHearings, hearing_id: int, file_format: AskedFormat = "csv"
) -> Response:
    """How the votes went, as a file: a row for each option."""
    board = board_of(request, visitor, hearing_id)
    names = _names(request, visitor)
    sheet = Sheet(
        what="hearing-results",
        title=names.say("hearings.results"),
        columns=[
            _column(names, "number", "number", 8),
            _column(names, "question", width=40),
            _column(names, "option", width=20),
            _column(names, "votes", "number", 8),
            _column(names, "voted", "number", 10),
            _column(names, "present", "number", 10),
            _column(names, "opened_at", "instant", 20),
            _column(names, "closed_at", "instant", 20),
            _column(names, "head", width=66),
            _column(names, "check"),
        ],
        rows=lambda connection: _results(connection, board, names),
        filters={"hearing": str(hearing_id)},
    )
    return export(request, visitor, sheet, file_format)


def _attendance(connection: Connection, board: Board, names: Names) -> Iterator[Row]:
    """A row for each time somebody attended; one without times for who never did."""
    spans = queries.spans(connection, board.session.id)
    for seat in board.seats:
        times: Iterable[tuple[datetime | None, datetime | None, str]] = [
            (span.consented_at, span.ended_at, "dialled_in" if span.dialled_in else "rung")
            for span in spans
            if span.member_id == seat.id
        ] or [(None, None, "absent")]
        for begun, ended, way in times:
            yield (
                seat.position,
                names.say(f"hearings.role.{seat.role}"),
                seat.name,
                seat.phone,
                names.spoken_language(seat.language),
                begun,
                ended,
                names.say(f"hearings.way.{way}"),
            )


def _results(connection: Connection, board: Board, names: Names) -> Iterator[Row]:
    for vote in board.votes:
        if vote.state != "closed":
            continue
        check = check_count(connection, board.session.id, vote.id)
        for key, label in vote.options:
            yield (*_result(vote, key, label), names.say(_judged(check)))


def _result(vote: Vote, key: str, label: str) -> Row:
    return (
        vote.position,
        vote.question,
        label,
        vote.tally.get(key, 0),
        vote.voted,
        vote.present,
        vote.opened_at,
        vote.closed_at,
        vote.head,
    )


def _judged(check: Check) -> str:
    return "hearings.check.sound" if check.is_sound else "hearings.check.broken"


def _actor(one: Happened, board: Board, names: Names) -> str:
    """Who did it: a member of the staff, or the moderator by keypad."""
    kind, _, number = one.actor.partition(":")
    if kind == "member":
        return next((seat.name for seat in board.seats if str(seat.id) == number), "")
    return names.actor(one.actor) if one.actor else ""


def _said(one: Happened, names: Names) -> str:
    """What there is to say of an event."""
    match one.event:
        case "changed":
            parts = [names.say(f"hearings.part.{part}") for part in one.detail.split(",")]
            return names.say("shell.between").join(parts)
        case "moved":
            return exact(datetime.fromisoformat(one.detail))
        case "item" | "announced":
            return one.detail
    return ""


def _column(names: Names, key: str, kind: Kind = "text", width: int = 14) -> Column:
    return Column(names.say(f"hearings.column.{key}"), kind, width)


def _names(request: Request, visitor: Visitor) -> Names:
    with site_of(request).database.reading() as connection:
        return names_for(request, visitor, connection)
