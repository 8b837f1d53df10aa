"""One call: what was heard and said, its way through the flow, and all that belongs to it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from app.calls.log import queries
from app.calls.log.rows import WholeCall
from app.calls.log.sight import masked, sight_of
from app.calls.recordings import queries as recordings
from app.calls.transcripts.events import Event
from app.calls.transcripts.path import path
from app.calls.transcripts.sounds import sounds_of
from app.calls.transcripts.transcript import HIDDEN, guarded, transcript
from app.console.calls.book import Book, book_for
from app.console.calls.lines import caller_of, coded, line_of, numbers_in
from app.console.calls.places import Places
from app.console.naming import names_for
from app.mediation import queries as mediations
from app.mediation.cases.lists import of_ticket_or_call
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.web.access import ViewCalls, ViewCallsPassively
from app.web.pages import render
from app.web.site import site_of
from app.web.telephones import telephone

router = APIRouter(include_in_schema=False)

MOST_TECHNICAL = 400  # events shown in the folded details
# Nodes that read a ticket's place, words or outcome aloud.
READS_TICKETS = frozenset({"escalation", "return_visit", "ticket_status"})


@dataclass(frozen=True, slots=True)
class Technical:
    """An event as it stands in the log, for those who look after the flows."""

    at: datetime
    key: str
    node: str
    told: str


@router.get("/console/calls/{sid}")
def call(request: Request, sid: str, visitor: ViewCalls) -> Response:
    """The page of a call; a telephone that was rung for another call is shown with that one."""
    return _page(request, sid, visitor)


@router.get("/console/calls/{sid}/live")
def live(request: Request, sid: str, visitor: ViewCallsPassively) -> Response:
    """The same, fetched by the page of a call under way."""
    return _page(request, sid, visitor)


def _page(request: Request, sid: str, visitor: Visitor) -> Response:
    site = site_of(request)
    sight = sight_of(visitor)
    with site.database.reading() as connection:
        parent = queries.parent_of(connection, sid)
        if parent:
            return RedirectResponse(f"/console/calls/{parent}", 303)
        found = queries.find_call(connection, sid, sight)
        if found is None:
            raise HTTPException(404)
        names = names_for(request, visitor, connection)
        session = mediations.session_of_call(connection, sid)
        kept = {one.sid for one in recordings.of_calls(connection, [sid])}
        book = book_for(connection, names, _numbers(found, session))
        disputes = [] if found.listed.call.hidden else of_ticket_or_call(connection, call_sid=sid)
    places = Places(site.library, names.language)
    row, is_open = found.listed.call, places.is_open_question(found.flow_version)
    sees_words = sight.sees_callers and not row.hidden
    turns = transcript(found.events if sees_words else _heard(found.events, places), is_open)
    return render(
        request,
        "calls/call.html",
        visitor=visitor,
        call=row,
        line=line_of(found.listed, book, places, site.clock.now()),
        caller=caller_of(row.caller, names, hidden=row.hidden),
        tickets=found.listed.tickets,
        legs=found.listed.legs,
        recordings=found.listed.recordings,
        kept=kept,
        turns=turns,
        stops=path(found.events, row.node, row.ended_at),
        session=session,
        disputes=disputes,
        may_lead=visitor.may(Right.mediations_lead) and not row.hidden,
        technical=_technical(guarded(found.events, is_open)),
        event_count=len(found.events),
        flow_version=found.flow_version,
        hidden_keys=HIDDEN,
        places=places,
        who=_who(book, sees_callers=sees_words),
        names=names,
        coded=lambda area, code: coded(area, code, names),
        sees_words=sees_words,
        may_listen=visitor.may(Right.recordings_listen) and not row.hidden,
        may_see_tickets=visitor.may(Right.tickets_view),
        may_see_flow=visitor.may(Right.flows_view),
    )


def _numbers(found: WholeCall, session: mediations.SessionView | None) -> set[str]:
    """The telephones to be named."""
    rung = {number for event in found.events for number in _rung(event)}
    parties = {leg.number for leg in session.legs} if session else set()
    return rung | parties | numbers_in([found.listed])


def _rung(event: Event) -> tuple[str, ...]:
    return tuple(number for sound in sounds_of(event.answer or "") for number in sound.numbers)


def _who(book: Book, *, sees_callers: bool) -> Callable[[str], str]:
    """A telephone as it is written, after whose it is; masked for who may not see callers."""

    def who(number: str) -> str:
        name = book.name(number)
        return f"{name} {telephone(number)}".strip() if sees_callers else name or masked(number)

    return who


def _heard(events: Iterable[Event], places: Places) -> list[Event]:
    """The events without what was read aloud from a ticket."""
    return [
        replace(event, answer=None) if places.kind(event.node) in READS_TICKETS else event
        for event in events
    ]


def _technical(events: Iterable[Event]) -> list[Technical]:
    """The first events as they stand in the log, without what may be a PIN."""
    return [
        Technical(
            event.at,
            event.key,
            event.node,
            json.dumps(dict(event.told), ensure_ascii=False) if event.told else "",
        )
        for event in islice(events, MOST_TECHNICAL)
    ]
