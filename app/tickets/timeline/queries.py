"""The timeline: events, notes, calls, recordings, texts, files and clauses read, newest last.

Another kind of entry is one more function in `SOURCES`.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from app.calls.models import Call, Recording
from app.messages.queries import texts_of_tickets
from app.people.presence.address import is_client, staff_of
from app.tickets.attachments.queries import attachments_of
from app.tickets.changes import staff_actor
from app.tickets.links.queries import calls_of
from app.tickets.lists.rows import ListedTicket
from app.tickets.models import TicketEvent
from app.tickets.notes.models import TicketNote
from app.tickets.readings.queries import readings_of

Kind = Literal["event", "note", "call", "recording", "text", "attachment", "reading"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `what` is a code within its kind, `words` are a person's own.

    `detail` holds what a page needs to show it: ids, states, lengths. `rank` orders entries of one
    instant: what caused others comes first. When the caller is hidden, words are blank, and calls,
    recordings, texts and files are left out.
    """

    at: datetime
    kind: Kind
    what: str
    actor: str = ""
    words: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    rank: int = 0


Source = Callable[[Connection, Collection[int]], Iterator[Entry]]


def timeline(connection: Connection, ticket: ListedTicket, ids: Collection[int]) -> list[Entry]:
    """What happened around a ticket and its family `ids`, as the ticket's viewer may see it."""
    if ticket.hidden:
        found = [_blank(entry) for source in _IMPERSONAL for entry in source(connection, ids)]
    else:
        found = [entry for source in SOURCES for entry in source(connection, ids)]
    return sorted(found, key=lambda entry: (entry.at, entry.rank))


def _events(connection: Connection, ids: Collection[int]) -> Iterator[Entry]:
    """Changes; notes, files and clauses are left to their own sources, which say more."""
    told_elsewhere = ("noted", "told", "attached", "read")
    rows = connection.execute(
        select(TicketEvent.__table__)
        .where(TicketEvent.ticket_id.in_(ids), TicketEvent.event.not_in(told_elsewhere))
        .order_by(TicketEvent.id)
    )
    for row in rows:
        detail = {"from": row.from_state, "to": row.to_state, "remark": row.why}
        more = json.loads(row.detail) if row.detail else {}
        detail = {"ticket_id": row.ticket_id, **detail, **more}
        yield Entry(row.at, "event", row.event, row.actor, row.words, detail, rank=1)


def _notes(connection: Connection, ids: Collection[int]) -> Iterator[Entry]:
    columns = (TicketNote.at, TicketNote.told_by, TicketNote.actor, TicketNote.body, TicketNote.id)
    query = select(*columns, TicketNote.ticket_id).where(TicketNote.ticket_id.in_(ids))
    for row in connection.execute(query.order_by(TicketNote.id)):
        what = "told" if row.told_by else "internal"
        detail = {"id": row.id, "ticket_id": row.ticket_id, "way": row.told_by}
        yield Entry(row.at, "note", what, row.actor, row.body, detail, rank=3)


def _calls(connection: Connection, ids: Collection[int]) -> Iterator[Entry]:
    """The calls, and what was recorded of them.

    What became of one that somebody of ours dialled in the browser, the leg of the citizen says.
    """
    kinds = {call.sid: call.kind for call in calls_of(connection, ids)}
    if not kinds:
        return
    columns = (Call.sid, Call.direction, Call.status, Call.started_at, Call.seconds, Call.caller)
    rows = connection.execute(select(*columns).where(Call.sid.in_(list(kinds)))).all()
    by = {row.sid: staff_of(row.caller) for row in rows if is_client(row.caller)}
    dialled = _dialled(connection, by)
    for row in rows:
        if row.sid in dialled:
            yield Entry(row.started_at, "call", "dialled", *dialled[row.sid])
            continue
        detail = {
            "sid": row.sid,
            "direction": row.direction,
            "status": row.status,
            "seconds": row.seconds,
        }
        yield Entry(row.started_at, "call", kinds[row.sid], detail=detail)
    yield from _recordings(connection, kinds)


def _dialled(
    connection: Connection, by: Mapping[str, int | None]
) -> dict[str, tuple[str, str, Mapping[str, object]]]:
    """Of each call that a browser of ours made, and whose: who dialled, no words, how it went."""
    legs = select(Call.parent_sid, Call.status, Call.seconds).where(Call.parent_sid.in_(list(by)))
    reached = {leg.parent_sid: leg for leg in connection.execute(legs.order_by(Call.id))}
    found: dict[str, tuple[str, str, Mapping[str, object]]] = {}
    for sid, staff in by.items():
        leg = reached.get(sid)
        status = leg.status if leg else "failed"
        detail = {"sid": sid, "status": status, "seconds": leg.seconds if leg else None}
        found[sid] = (staff_actor(staff) if staff else "", "", detail)
    return found


def _recordings(connection: Connection, sids: Collection[str]) -> Iterator[Entry]:
    columns = (Recording.sid, Recording.call_sid, Recording.seconds, Recording.at)
    query = select(*columns, Recording.source).where(
        Recording.call_sid.in_(sids), Recording.status == "completed"
    )
    for row in connection.execute(query):
        detail = {"sid": row.sid, "call_sid": row.call_sid, "seconds": row.seconds}
        yield Entry(row.at, "recording", row.source, detail=detail, rank=2)


def _texts(connection: Connection, ids: Collection[int]) -> Iterator[Entry]:
    for row in texts_of_tickets(connection, ids):
        detail = {"status": row.status, "error": row.error, "number": row.number}
        yield Entry(row.at, "text", row.direction, words=row.body, detail=detail, rank=4)


def _attachments(connection: Connection, ids: Collection[int]) -> Iterator[Entry]:
    for file in attachments_of(connection, ids):
        detail = {"id": file.id, "type": file.media_type, "size": file.size}
        yield Entry(file.at, "attachment", "added", file.actor, file.name, detail, rank=2)


def _readings(connection: Connection, ids: Collection[int]) -> Iterator[Entry]:
    for read in readings_of(connection, ids):
        detail = {"article": read.article, "part": read.part}
        actor = f"staff:{read.staff_id}"
        yield Entry(read.at, "reading", read.extent, actor, detail=detail, rank=3)


def _blank(entry: Entry) -> Entry:
    return Entry(entry.at, entry.kind, entry.what, entry.actor, "", entry.detail, entry.rank)


_IMPERSONAL: tuple[Source, ...] = (_events, _notes, _readings)
SOURCES: tuple[Source, ...] = (*_IMPERSONAL, _calls, _texts, _attachments)
