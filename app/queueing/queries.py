"""Reads of who waits: the order, how long it may take, and what is told of a caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select

from app.queueing.models import QueuedCaller
from app.queueing.store import COLUMNS, IS_OPEN, Waiting
from app.tickets.households.models import Caller, Household
from app.tickets.models import IS_OPEN as TICKET_IS_OPEN
from app.tickets.models import Ticket

KEPT_FOR = timedelta(hours=24)  # a place; whoever was not called back until then has their task
TRIED_AGAIN_AFTER = timedelta(minutes=2)  # the same telephone for the same kept place
# A caller who waits is heard of every ten seconds or so.
SILENT_FOR = timedelta(seconds=45)
MEASURED_WITHIN = timedelta(hours=2)
MEASURED_LEAST, MEASURED_MOST = 3, 20  # callers by whose waits others are told theirs


@dataclass(frozen=True, slots=True)
class Standing:
    """A caller in the list of those who wait, with their place."""

    waiting: Waiting
    position: int


def in_line(connection: Connection, at: datetime, target: str = "") -> list[Standing]:
    """Who waits now, for one target or for each, in the order they are served, with their place.

    Whoever has somebody rung for them is at place 0.
    """
    query = select(*COLUMNS).where(_waits(at)).order_by(*ORDER)
    if target:
        query = query.where(QueuedCaller.target == target)
    places: dict[str, int] = {}
    found = []
    for row in connection.execute(query):
        waiting = Waiting(*row)
        has_place = waiting.state in ("waiting", "kept")
        places[waiting.target] = places.get(waiting.target, 0) + has_place
        found.append(Standing(waiting, places[waiting.target] if has_place else 0))
    return found


ORDER = (QueuedCaller.in_line_since, QueuedCaller.id)


def ahead(
    connection: Connection,
    target: str,
    at: datetime,
    mine: Waiting | None,
    *,
    with_kept: bool,
) -> int:
    """How many are served before a caller; before a new one, all who wait.

    Whoever has somebody rung for them is served already. `with_kept` counts places that are kept:
    at night nobody is called back, and nobody on the line waits for that; nor for a place that has
    just been offered in vain.
    """
    tried = and_(QueuedCaller.tries > 0, QueuedCaller.seen_at > at - TRIED_AGAIN_AFTER)
    kept = and_(QueuedCaller.state == "kept", not_(tried))
    counts = or_(QueuedCaller.state == "waiting", kept if with_kept else false())
    query = (
        select(func.count())
        .select_from(QueuedCaller)
        .where(_waits(at), QueuedCaller.target == target, counts)
    )
    if mine is not None:
        before = and_(QueuedCaller.in_line_since == mine.in_line_since, QueuedCaller.id < mine.id)
        query = query.where(or_(QueuedCaller.in_line_since < mine.in_line_since, before))
    return connection.execute(query).scalar_one()


def kept_place(connection: Connection, caller_index: str, target: str) -> Waiting | None:
    """The place that is kept for a caller, or None."""
    query = select(*COLUMNS).where(
        IS_OPEN,
        QueuedCaller.caller_index == caller_index,
        QueuedCaller.target == target,
        QueuedCaller.state == "kept",
    )
    row = connection.execute(query.order_by(*ORDER).limit(1)).one_or_none()
    return None if row is None else Waiting(*row)


def kept_under(connection: Connection, ticket: str) -> list[int]:
    """The places that are kept under a task, by their ids: whoever calls again may have two."""
    query = select(QueuedCaller.id).where(
        IS_OPEN, QueuedCaller.ticket == ticket, QueuedCaller.state == "kept"
    )
    return list(connection.execute(query).scalars())


def has_come_back(connection: Connection, caller: Waiting) -> bool:
    """Whether a caller has called again since, and waits, has a place, or was helped there."""
    query = select(QueuedCaller.id).where(
        QueuedCaller.id > caller.id,
        QueuedCaller.caller_index == caller.caller_index,
        QueuedCaller.target == caller.target,
        IS_OPEN | QueuedCaller.outcome.in_(("person", "message", "called_back")),
    )
    return connection.execute(query.limit(1)).first() is not None


def kept_places(connection: Connection) -> list[Waiting]:
    """All places that are kept, in their order."""
    query = select(*COLUMNS).where(IS_OPEN, QueuedCaller.state == "kept").order_by(*ORDER)
    return [Waiting(*row) for row in connection.execute(query)]


def silent(connection: Connection, at: datetime) -> list[Waiting]:
    """Callers of whom nothing was heard any more: their calls are over, and nobody told."""
    query = select(*COLUMNS).where(_silent(at))
    return [Waiting(*row) for row in connection.execute(query)]


def anything_to_serve(connection: Connection, at: datetime) -> bool:
    """Whether a place is kept, or a caller has fallen silent."""
    kept = and_(IS_OPEN, QueuedCaller.state == "kept")
    query = select(QueuedCaller.id).where(or_(kept, _silent(at))).limit(1)
    return connection.execute(query).first() is not None


def wait_minutes(connection: Connection, target: str, position: int, at: datetime) -> int | None:
    """How long it may take, in minutes, by what the last callers waited for each place before them.

    None when too few were answered lately: nothing is made up.
    """
    query = (
        select(QueuedCaller.asked_at, QueuedCaller.answered_at, QueuedCaller.position)
        .where(
            QueuedCaller.asked_at > at - MEASURED_WITHIN,
            QueuedCaller.target == target,
            QueuedCaller.answered_at.is_not(None),
        )
        .order_by(QueuedCaller.asked_at.desc())
        .limit(MEASURED_MOST)
    )
    waits = [
        (row.answered_at - row.asked_at).total_seconds() / max(1, row.position)
        for row in connection.execute(query)
        if row.answered_at is not None
    ]
    if len(waits) < MEASURED_LEAST:
        return None
    return max(1, -(-int(median(waits) * position) // 60))


def is_settled(connection: Connection, ticket: str) -> bool:
    """Whether the task of a kept place was settled by somebody meanwhile."""
    query = select(Ticket.id).where(Ticket.number == ticket, TICKET_IS_OPEN)
    return connection.execute(query).first() is None


def open_ticket_of(connection: Connection, call_sid: str, caller_index: str) -> tuple[int, str]:
    """The ticket that a call is about: its own, else the caller's latest open one; (0, "")."""
    mine: ColumnElement[bool] = Ticket.call_sid == call_sid
    if caller_index:
        mine |= and_(Ticket.caller_index == caller_index, Ticket.caller != "")
    query = (
        select(Ticket.id, Ticket.number)
        .where(TICKET_IS_OPEN, mine)
        .order_by((Ticket.call_sid == call_sid).desc(), Ticket.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return (0, "") if row is None else (row.id, row.number)


def who_calls(connection: Connection, caller_index: str) -> str:
    """Village and name of a caller, as far as they are known; of a sealed matter nothing."""
    sealed = select(Ticket.id).where(
        TICKET_IS_OPEN, Ticket.caller_index == caller_index, Ticket.confidential
    )
    if connection.execute(sealed.limit(1)).first() is not None:
        return ""
    query = (
        select(Caller.name, Household.village)
        .outerjoin(Household, Household.id == Caller.household_id)
        .where(Caller.phone_index == caller_index)
    )
    row = connection.execute(query).one_or_none()
    return "" if row is None else " ".join(part for part in (row.village, row.name) if part)


def _waits(at: datetime) -> ColumnElement[bool]:
    """Who is to be served: on the line and heard of lately, or with a place that is kept."""
    on_line = QueuedCaller.state == "waiting", QueuedCaller.seen_at > at - SILENT_FOR
    kept = QueuedCaller.state == "kept", QueuedCaller.in_line_since > at - KEPT_FOR
    served = QueuedCaller.state.in_(("ringing", "calling"))
    return and_(IS_OPEN, or_(and_(*on_line), and_(*kept), served))


def _silent(at: datetime) -> ColumnElement[bool]:
    """A talk may last an hour; whoever waits or is rung for is heard of far sooner."""
    quiet = timedelta(minutes=3)
    return and_(
        IS_OPEN,
        or_(
            and_(QueuedCaller.state.in_(("waiting", "ringing")), QueuedCaller.seen_at < at - quiet),
            and_(
                QueuedCaller.state == "talking",
                QueuedCaller.seen_at < at - timedelta(minutes=75),
            ),
        ),
    )


def rung_for(connection: Connection, call_sid: str) -> Sequence[Waiting]:
    """Callers of a call, the latest first, whether they still want somebody or not."""
    query = select(*COLUMNS).where(QueuedCaller.call_sid == call_sid)
    return [Waiting(*row) for row in connection.execute(query.order_by(QueuedCaller.id.desc()))]
