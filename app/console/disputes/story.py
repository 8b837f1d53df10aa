"""The history of a case as one list: its own events, and what happened around its ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import Request
from sqlalchemy import Connection

from app.console.naming import Names
from app.console.tickets.history import history_of
from app.console.tickets.sight import visible as visible_ticket
from app.console.tickets.telling import Moment
from app.mediation.cases.queries import CaseView, Entry
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.errors import UnknownTicketError
from app.tickets.links.queries import family
from app.web import times
from app.web.words import all_words

ICONS = {
    "opened": "gavel",
    "planned": "calendar-event",
    "moved": "calendar-event",
    "called": "phone-outgoing",
    "cancelled": "x",
    "missed": "clock-exclamation",
    "noted": "note",
    "drafted": "file-text",
    "agreed": "check",
    "signed": "check",
    "in_effect": "check",
    "settled": "circle-check",
}
WARNINGS = frozenset({"missed", "cancelled"})


def story_of(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    case: CaseView,
    own: Sequence[Entry],
    names: Names,
    parties: Mapping[int, str],
) -> list[Moment]:
    """Everything, the latest first; of the ticket what the visitor may see."""
    told = [_moment(entry, names, parties) for entry in own]
    around = _of_ticket(request, visitor, connection, case)
    return sorted((*around, *told), key=lambda moment: moment.at)[::-1]


def _of_ticket(
    request: Request, visitor: Visitor, connection: Connection, case: CaseView
) -> list[Moment]:
    if not case.ticket_number or not visitor.may(Right.tickets_view):
        return []
    try:
        ticket, _ = visible_ticket(connection, visitor, case.ticket_number)
    except UnknownTicketError:
        return []
    if ticket.hidden:
        return []
    return history_of(request, visitor, connection, ticket, family(connection, ticket.id))


def _moment(entry: Entry, names: Names, parties: Mapping[int, str]) -> Moment:
    key = f"disputes.event.{entry.what}"
    what = names.say(key) if all_words().has(key) else entry.what
    detail = entry.detail
    who, party, at = names.actor(entry.actor), detail.get("party"), detail.get("at")
    if isinstance(party, int) and party in parties:
        if entry.what == "agreed":  # by a key of their own telephone
            who = parties[party]
        else:
            what += f" {parties[party]}"
    if isinstance(at, str):
        what += f" {times.exact(datetime.fromisoformat(at))[:16]}"
    if entry.what == "followed_up":
        what += " " + names.say(f"disputes.follow_up.{'yes' if detail.get('kept') else 'no'}")
    tone = "warning" if entry.what in WARNINGS else ""
    icon = ICONS.get(entry.what, "edit")
    return Moment(entry.at, icon, who, what, entry.words, tone)
