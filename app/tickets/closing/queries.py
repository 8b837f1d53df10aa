"""Reads of return visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.calls.facts import CallFacts
from app.calls.outbound.models import OutboundCall
from app.flows.context import ReturnVisitFound, ReturnVisitLookup
from app.people.access.rights import Role
from app.people.access.scope import ALL
from app.people.staff.models import Staff, StaffGrant
from app.tickets.closing.models import BestTime, ReturnVisit, VisitState, Way
from app.tickets.closing.schedule import Window
from app.tickets.models import Ticket

PURPOSE = "return_visit"  # of the calls placed for return visits


@dataclass(frozen=True, slots=True)
class Visit:
    """A return visit and the ticket it is about."""

    id: int
    ticket_id: int
    resolved_at: datetime
    state: VisitState
    way: Way
    tries: int
    next_try_at: datetime | None
    silent_at: datetime | None
    number: str
    ticket_state: str
    ticket_resolved_at: datetime | None
    category: str
    language: str
    channel: str
    caller: str
    caller_index: str
    outcome: str
    confidential: bool

    @property
    def is_wanted(self) -> bool:
        """Whether the ticket still is as it was resolved then, and nobody has said a word."""
        return (
            self.state == "open"
            and self.ticket_state == "resolved"
            and self.ticket_resolved_at == self.resolved_at
        )


_COLUMNS: tuple[Any, ...] = (
    ReturnVisit.id,
    ReturnVisit.ticket_id,
    ReturnVisit.resolved_at,
    ReturnVisit.state,
    ReturnVisit.way,
    ReturnVisit.tries,
    ReturnVisit.next_try_at,
    ReturnVisit.silent_at,
    Ticket.number,
    Ticket.state,
    Ticket.resolved_at,
    Ticket.category,
    Ticket.language,
    Ticket.channel,
    Ticket.caller,
    Ticket.caller_index,
    Ticket.outcome,
    Ticket.confidential,
)

_UNPLANNED = (
    Ticket.state == "resolved",
    ~exists().where(
        ReturnVisit.ticket_id == Ticket.id, ReturnVisit.resolved_at == Ticket.resolved_at
    ),
)


def find(connection: Connection, visit_id: int) -> Visit | None:
    """A visit by its id."""
    query = (
        select(*_COLUMNS)
        .join(Ticket, Ticket.id == ReturnVisit.ticket_id)
        .where(ReturnVisit.id == visit_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Visit(*row)


def ticket_of(connection: Connection, visit_id: int) -> int:
    """The id of the ticket a visit is about."""
    query = select(ReturnVisit.ticket_id).where(ReturnVisit.id == visit_id)
    return connection.execute(query).scalar_one()


def due(connection: Connection, at: datetime, limit: int = 100) -> Sequence[int]:
    """The ids of visits whose caller is to be asked now, the longest due first."""
    return _open_until(connection, ReturnVisit.next_try_at, at, limit)


def silent(connection: Connection, at: datetime, limit: int = 100) -> Sequence[int]:
    """The ids of visits whose caller has been silent for long enough."""
    return _open_until(connection, ReturnVisit.silent_at, at, limit)


def unplanned(connection: Connection, limit: int = 100) -> Sequence[int]:
    """The ids of resolved tickets for whose resolution no visit has been planned."""
    query = select(Ticket.id).where(*_UNPLANNED).order_by(Ticket.resolved_at, Ticket.id)
    return connection.execute(query.limit(limit)).scalars().all()


def anything_to_do(connection: Connection, at: datetime) -> bool:
    """Whether the sweep of return visits has anything to do."""
    is_due = or_(ReturnVisit.next_try_at <= at, ReturnVisit.silent_at <= at)
    to_ask = select(ReturnVisit.id).where(ReturnVisit.state == "open", is_due).limit(1)
    return connection.execute(to_ask).first() is not None or bool(unplanned(connection, limit=1))


def what_to_tell(
    connection: Connection, lookup: ReturnVisitLookup, call: CallFacts
) -> ReturnVisitFound | None:
    """What a return visit tells: to the call that was placed for it, and to no other (T17)."""
    placed = select(OutboundCall.subject).where(
        OutboundCall.call_sid == call.sid, OutboundCall.purpose == PURPOSE
    )
    subject = connection.execute(placed).scalar_one_or_none()
    visit = find(connection, int(subject)) if subject and subject == lookup.visit else None
    if visit is None or visit.ticket_state != "resolved":
        return None
    return ReturnVisitFound(visit.number, visit.category, visit.outcome, visit.confidential)


def best_time(connection: Connection, caller_index: str) -> Window | None:
    """When a caller likes to be called, if they have said so."""
    query = select(BestTime.from_minute, BestTime.until_minute).where(
        BestTime.caller_index == caller_index
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Window(*row)


def supervisors(connection: Connection, department: str, region: str) -> Sequence[int]:
    """The ids of the active supervisors of a department in a region."""
    query = (
        select(Staff.id)
        .join(StaffGrant, StaffGrant.staff_id == Staff.id)
        .where(
            Staff.active,
            StaffGrant.role == Role.supervisor,
            StaffGrant.department.in_((department, ALL)),
            StaffGrant.region.in_((region, ALL)),
        )
        .distinct()
        .order_by(Staff.id)
    )
    return connection.execute(query).scalars().all()


def visits_of_ticket(connection: Connection, ticket_id: int) -> Sequence[RowMapping]:
    """All return visits of a ticket, for its page: the oldest first."""
    columns = [column for column in ReturnVisit.__table__.columns if column.key != "ticket_id"]
    query = select(*columns).where(ReturnVisit.ticket_id == ticket_id).order_by(ReturnVisit.id)
    return connection.execute(query).mappings().all()


def words_counted(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """How many return visits ended with each word within a time; "" is silence."""
    query = (
        select(ReturnVisit.word, func.count().label("visits"))
        .where(
            ReturnVisit.state.in_(("answered", "silent")),
            ReturnVisit.ended_at >= since,
            ReturnVisit.ended_at < until,
        )
        .group_by(ReturnVisit.word)
    )
    return {row.word: row.visits for row in connection.execute(query)}


def _open_until(
    connection: Connection,
    instant: InstrumentedAttribute[datetime | None],
    at: datetime,
    limit: int,
) -> Sequence[int]:
    query = (
        select(ReturnVisit.id)
        .where(ReturnVisit.state == "open", instant <= at)
        .order_by(instant, ReturnVisit.id)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()
