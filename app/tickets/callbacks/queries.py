"""Reads for calling back."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.calls.facts import CallFacts
from app.calls.outbound.models import OutboundCall
from app.flows.context import CallBackFound, CallBackLookup
from app.tickets.models import Ticket

KIND = "callback"  # of the tickets of missed calls
PURPOSE = "call_back"  # of the calls placed to connect staff with callers
KEPT_PLACE = "kept_place"  # the same, for callers whose turn it is in the queue


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A missed call that has not been settled."""

    id: int
    number: str


def open_task(connection: Connection, caller_index: str) -> OpenTask | None:
    """The open call-back task of a caller, or None."""
    query = (
        select(Ticket.id, Ticket.number)
        .where(
            Ticket.caller_index == caller_index,
            Ticket.kind == KIND,
            Ticket.state.not_in(("resolved", "closed")),
        )
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else OpenTask(*row)


def tasks_so_far(connection: Connection, caller_index: str) -> int:
    """How many call-back tasks a caller has had."""
    query = select(func.count()).where(Ticket.caller_index == caller_index, Ticket.kind == KIND)
    return connection.execute(query).scalar_one()


def calls_with_tickets(connection: Connection, sids: Collection[str]) -> set[str]:
    """Those of the calls from which a ticket came, also ones registered after an outage."""
    query = select(Ticket.call_sid).where(Ticket.call_sid.in_(sids))
    return set(connection.execute(query).scalars())


def whom_to_connect(
    connection: Connection, lookup: CallBackLookup, call: CallFacts
) -> CallBackFound | None:
    """Whom a member of the staff is connected with: told to the call placed for it only (T17)."""
    query = (
        select(Ticket.number, Ticket.category, Ticket.caller)
        .join(OutboundCall, OutboundCall.subject == Ticket.number)
        .where(
            OutboundCall.call_sid == call.sid,
            OutboundCall.purpose.in_((PURPOSE, KEPT_PLACE)),
            OutboundCall.id == int(lookup.call or 0),
        )
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else CallBackFound(*row)
