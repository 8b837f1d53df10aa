"""Calls in progress, and the numbers of today."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.calls.live import queries
from app.calls.live.board import LiveCall, Party
from app.calls.live.today import today
from app.calls.log.sight import Sight, masked, sight_of
from app.console.calls.book import Book, book_for
from app.console.calls.lines import caller_of, coded, language_name
from app.console.calls.places import Places
from app.console.calls.waiting import in_line, not_rung
from app.console.naming import names_for
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.queueing.targets import CONNECTED_SHARE, answering, by_day
from app.web.access import WatchCalls, WatchCallsPassively
from app.web.pages import render
from app.web.site import site_of
from app.web.telephones import telephone

router = APIRouter(include_in_schema=False)

RINGING, TALKING = "ringing", "talking"
LONGEST_PATH = 4  # of its stops, the last ones are shown


@dataclass(frozen=True, slots=True)
class Other:
    """Another telephone of a call: whose, what it is in a mediation, and how it stands."""

    name: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A call in progress in the reader's words."""

    live: LiveCall
    name: str
    caller: str
    place: str
    about: str
    path: tuple[str, ...]
    language: str
    others: tuple[Other, ...]


@router.get("/console/live")
def live(request: Request, visitor: WatchCalls) -> Response:
    """The page."""
    return _board(request, visitor, "live/page.html")


@router.get("/console/live/board")
def board(request: Request, visitor: WatchCallsPassively) -> Response:
    """What of the page changes, fetched again when something has happened."""
    return _board(request, visitor, "live/board.html")


def _board(request: Request, visitor: Visitor, template: str) -> Response:
    site = site_of(request)
    at = site.clock.now()
    with site.database.reading() as connection:
        names = names_for(request, visitor, connection)
        places = Places(site.library, names.language)
        sight = sight_of(visitor, Right.calls_live)
        calls = queries.live_calls(connection, sight, places.kind, at)
        numbers = {party.number for one in calls for party in one.parties}
        numbers |= {one.call.caller for one in calls if not one.is_inbound}
        book = book_for(connection, names, numbers)
        numbers_of_today = today(connection, at)
        by_sid = {one.call.sid: one for one in calls}
        waiting = in_line(connection, visitor, names, by_sid, at)
        left_out = not_rung(connection, names.directory, waiting, at)
        last_day = answering(connection, at - timedelta(days=1), at)
        days = by_day(connection, at)
    shown = [_shown(one, book, places, sight) for one in calls]
    return render(
        request,
        template,
        visitor=visitor,
        incoming=[one for one in shown if one.live.is_inbound or one.live.emergency],
        outgoing=[one for one in shown if not (one.live.is_inbound or one.live.emergency)],
        today=numbers_of_today,
        in_line=waiting,
        left_out=left_out if visitor.may(Right.calls_live, department="") else [],
        back="/console/live",
        taken=request.query_params.get("taken") == "yes",
        last_day=last_day,
        days=days,
        target=CONNECTED_SHARE,
        emergencies=sum(one.live.emergency for one in shown),
        waiting=sum(one.live.waits and not one.live.emergency for one in shown),
        may_see_calls=visitor.may(Right.calls_view),
        may_see_tickets=visitor.may(Right.tickets_view),
    )


def _shown(live: LiveCall, book: Book, places: Places, sight: Sight) -> Shown:
    names, told = book.names, live.told
    about = [names.category(told["category"])] if "category" in told else []
    if "department" in told:
        about.append(names.department(told["department"]))
    stops = [places.name(stop.node) for stop in live.stops if stop.node]
    return Shown(
        live,
        live.card.name or book.name(live.call.caller),
        caller_of(live.call.caller, names, hidden=live.call.hidden),
        _place(live, places),
        " · ".join(about),
        tuple(_without_repeats(stops)[-LONGEST_PATH:]),
        language_name(live.call.language, names) if live.call.language else "",
        tuple(
            _other(party, book, sees_callers=sight.sees_callers and not live.call.hidden)
            for party in live.parties
        ),
    )


def _place(live: LiveCall, places: Places) -> str:
    if not live.call.node:
        return places.say("live.arriving" if live.is_inbound else "live.dialling")
    phase = TALKING if live.doing == TALKING and live.phase == RINGING else live.phase
    return places.name(live.call.node, phase)


def _other(party: Party, book: Book, *, sees_callers: bool) -> Other:
    number = telephone(party.number) if sees_callers else masked(party.number)
    return Other(
        book.name(party.number) or number,
        coded("calls.role", party.role, book.names) if party.role else "",
        coded("calls.leg", party.state, book.names),
    )


def _without_repeats(names: list[str]) -> list[str]:
    return [name for name, before in zip(names, ["", *names], strict=False) if name != before]
