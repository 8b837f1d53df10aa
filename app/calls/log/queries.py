"""Reads of the call log: pages by a filter, one call, exports.

A page stays flat however many calls there are: it begins at its cursor, and looks at no more than
`LOOKED_AT` calls. When fewer than a page were found among them, it says where to go on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select, true

from app.calls.log.filter import CallFilter
from app.calls.log.rows import (
    CallRecording,
    CallRow,
    CallTicket,
    Leg,
    ListedCall,
    WholeCall,
    by_call,
)
from app.calls.log.sight import Sight, masked
from app.calls.models import Call, CallEvent, Recording
from app.calls.transcripts.events import Event, told_in
from app.tickets.links.models import TicketCall
from app.tickets.lists.paging import Cursor, Page, beyond, page_of
from app.tickets.models import Ticket

LOOKED_AT = 10_000
EXPORT_PAGE = 500
MOST_EVENTS = 5_000  # of one call; a mediation of two hours has some 1,500

_COLUMNS = [getattr(Call, name) for name in CallRow.__slots__ if name != "hidden"]
_TICKET = [getattr(Ticket, name) for name in CallTicket.__slots__ if name != "call_sid"]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the log. `looked_until` is set when it ends before the calls do."""

    page: Page[ListedCall]
    looked_until: Cursor | None = None


def list_calls(
    connection: Connection,
    chosen: CallFilter,
    sight: Sight,
    telephones: frozenset[str] = frozenset(),
    *,
    after: Cursor | None = None,
    limit: int = 50,
) -> Found:
    """A page of the calls that a filter chooses, newest first."""
    floor = _floor(connection, chosen, after)
    query = _page(chosen, sight, telephones, after, limit)
    if floor:
        query = query.where(_down_to(floor))
    rows = [_call(row, sight) for row in connection.execute(query)]
    page = page_of(_with_belongings(connection, rows), limit, _place)
    return Found(page, floor if page.next is None else None)


def export_calls(
    connection: Connection,
    chosen: CallFilter,
    sight: Sight,
    telephones: frozenset[str] = frozenset(),
) -> Iterator[Sequence[ListedCall]]:
    """All calls that a filter chooses, newest first, in portions."""
    after: Cursor | None = None
    while True:
        found = list_calls(connection, chosen, sight, telephones, after=after, limit=EXPORT_PAGE)
        yield found.page.lines
        after = found.page.next or found.looked_until
        if after is None:
            return


def find_call(connection: Connection, sid: str, sight: Sight) -> WholeCall | None:
    """A call by its SID with all that happened in it; None outside what they may see."""
    query = _calls(sight).add_columns(Call.flow_version, Call.step)
    row = connection.execute(query.where(Call.sid == sid, sight.reaches())).one_or_none()
    if row is None:
        return None
    call = _call(row[:-2], sight)
    (listed,) = _with_belongings(connection, [call])
    events = tuple(events_of(connection, sid))
    if call.hidden or not sight.sees_callers:
        events = tuple(replace(event, words=None) for event in events)
    return WholeCall(listed, events, row.flow_version, row.step)


def sealed_among(connection: Connection, sids: Sequence[str], sight: Sight) -> frozenset[str]:
    """Those of some calls whose caller a seal hides from them."""
    query = select(Call.sid).where(Call.sid.in_(sids), sight.hides())
    return frozenset(connection.execute(query).scalars())


def parent_of(connection: Connection, sid: str) -> str | None:
    """The call for which a telephone was rung; None when it is a call of its own."""
    return connection.execute(select(Call.parent_sid).where(Call.sid == sid)).scalar_one_or_none()


def events_of(connection: Connection, sid: str) -> Iterator[Event]:
    """The events of a call in the order they were written."""
    columns = (
        CallEvent.key,
        CallEvent.kind,
        CallEvent.at,
        CallEvent.node,
        CallEvent.detail,
        CallEvent.words,
        CallEvent.answer,
    )
    query = (
        select(*columns).where(CallEvent.call_sid == sid).order_by(CallEvent.id).limit(MOST_EVENTS)
    )
    for row in connection.execute(query):
        yield Event(row.key, row.kind, row.at, row.node, told_in(row.detail), row.words, row.answer)


def calls_of(
    connection: Connection, caller_index: str, sight: Sight, limit: int
) -> list[ListedCall]:
    """The latest calls from and to a telephone, for those who may see it."""
    query = (
        _calls(sight)
        .where(
            Call.caller_index == caller_index,
            Call.parent_sid.is_(None),
            sight.reaches(),
            sight.shows(),
        )
        .order_by(Call.started_at.desc())
        .limit(limit)
    )
    return _with_belongings(connection, [_call(row, sight) for row in connection.execute(query)])


def tickets_of(connection: Connection, sids: Sequence[str]) -> list[CallTicket]:
    """The tickets that calls began or were about, oldest first."""
    began = select(Ticket.call_sid, *_TICKET).where(Ticket.call_sid.in_(sids))
    about = (
        select(TicketCall.call_sid, *_TICKET)
        .join(TicketCall, TicketCall.ticket_id == Ticket.id)
        .where(TicketCall.call_sid.in_(sids))
    )
    rows = [*connection.execute(began), *connection.execute(about)]
    found = {(row.call_sid, row.id): CallTicket(*row) for row in rows}
    return sorted(found.values(), key=lambda ticket: ticket.id)


def legs_of(connection: Connection, sids: Sequence[str]) -> list[Leg]:
    """The telephones that were rung for calls, in the order they were."""
    query = (
        select(
            Call.parent_sid,
            Call.sid,
            Call.caller,
            Call.status,
            Call.started_at,
            Call.ended_at,
            Call.seconds,
        )
        .where(Call.parent_sid.in_(sids))
        .order_by(Call.id)
    )
    return [Leg(str(row[0]), *row[1:]) for row in connection.execute(query)]


def recordings_of(connection: Connection, sids: Sequence[str]) -> list[CallRecording]:
    """The recordings of calls, oldest first."""
    columns = [getattr(Recording, name) for name in CallRecording.__slots__]
    query = select(*columns).where(Recording.call_sid.in_(sids)).order_by(Recording.id)
    return [CallRecording(*row) for row in connection.execute(query)]


def _calls(sight: Sight) -> Select[Any]:
    return select(*_COLUMNS, sight.hides().label("hidden"))


def _call(row: Row[Any] | Sequence[Any], sight: Sight) -> CallRow:
    call = CallRow(*row)
    if call.hidden:
        return replace(call, caller="")
    return call if sight.sees_callers else replace(call, caller=masked(call.caller))


def _page(
    chosen: CallFilter,
    sight: Sight,
    telephones: frozenset[str],
    after: Cursor | None,
    limit: int,
) -> Select[Any]:
    query = _calls(sight).where(*chosen.conditions(sight, telephones), sight.reaches())
    if after:
        query = query.where(beyond(Call.started_at, Call.id, after, falling=True))
    return query.order_by(Call.started_at.desc(), Call.id.desc()).limit(limit + 1)


def _floor(connection: Connection, chosen: CallFilter, after: Cursor | None) -> Cursor | None:
    """The last of the calls that this page looks at; None when it may look at all that are left."""
    where = beyond(Call.started_at, Call.id, after, falling=True) if after else true()
    query = (
        select(Call.started_at, Call.id)
        .where(where, *chosen.days())
        .order_by(Call.started_at.desc(), Call.id.desc())
        .offset(LOOKED_AT)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Cursor(*row)


def _down_to(floor: Cursor) -> ColumnElement[bool]:
    """A bound that an index can stop at."""
    later = or_(Call.started_at > floor.at, Call.id >= floor.id)
    return and_(Call.started_at >= floor.at, later)


def _place(listed: ListedCall) -> Cursor:
    return Cursor(listed.call.started_at, listed.call.id)


def _with_belongings(connection: Connection, calls: Sequence[CallRow]) -> list[ListedCall]:
    sids = [call.sid for call in calls]
    if not sids:
        return []
    tickets = by_call(tickets_of(connection, sids))
    legs = by_call(legs_of(connection, sids))
    recordings = by_call(recordings_of(connection, sids))
    return [
        ListedCall(
            call,
            tuple(tickets.get(call.sid, ())),
            tuple(legs.get(call.sid, ())),
            tuple(recordings.get(call.sid, ())),
        )
        for call in calls
    ]
