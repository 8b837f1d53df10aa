"""A ticket as its caller sees it: how it stands, what they were told, and what they said.

No name of the staff, no internal note, no department's own words stands here. Of a matter that
several callers brought, each sees how it stands and their own words, never another's.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from app.tickets.attachments.models import TicketAttachment
from app.tickets.changes import CALLER
from app.tickets.links.queries import family
from app.tickets.models import Ticket, TicketEvent
from app.tickets.notes.models import TicketNote

LineKind = Literal["state", "told", "said", "sent"]
_SHOWN = ("acknowledged", "in_progress", "waiting", "resolved", "closed", "reopened")


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """How a ticket stands. `sealed`: its caller asked for confidentiality.

    After a merge it is the one that goes on; `own_number` is where this caller's words belong,
    `parts` are the tickets of the matter that this caller brought.
    """

    id: int
    number: str
    state: str
    kind: str
    category: str
    words: str
    place: str
    outcome: str
    satisfaction: str
    sealed: bool
    opened_at: datetime
    respond_due_at: datetime
    complete_due_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    own_number: str
    parts: tuple[int, ...]

    @property
    def is_anothers(self) -> bool:
        """Whether the ticket that goes on was brought by somebody else."""
        return self.id not in self.parts

    @property
    def takes_words(self) -> bool:
        """Whether something can be added: what is closed begins anew."""
        return self.state != "closed"

    @property
    def asks_for_a_word(self) -> bool:
        """Whether the caller is to say if it is settled."""
        return self.state == "resolved" and not self.is_anothers


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: a new `state`, something `told`, `said` or `sent` (a file)."""

    at: datetime
    kind: LineKind
    what: str
    words: str = ""


def own_ticket(connection: Connection, ticket_id: int) -> OwnTicket:
    """How the matter of a caller's ticket stands, by the id of that ticket."""
    own = heir = _row(connection, ticket_id)
    while heir.merged_into_id is not None:
        heir = _row(connection, heir.merged_into_id)
    mine = select(Ticket.id).where(
        Ticket.id.in_(family(connection, heir.id)), Ticket.caller_index == own.caller_index
    )
    parts = tuple(connection.execute(mine.order_by(Ticket.id)).scalars())
    whose = heir if heir.id in parts else own
    return OwnTicket(
        id=heir.id,
        number=heir.number,
        state=heir.state,
        kind=heir.kind,
        category=heir.category,
        words=whose.words,
        place=whose.place,
        outcome=heir.outcome,
        satisfaction=whose.satisfaction,
        sealed=whose.confidential,
        opened_at=whose.opened_at,
        respond_due_at=heir.respond_due_at,
        complete_due_at=heir.complete_due_at,
        acknowledged_at=heir.acknowledged_at,
        resolved_at=heir.resolved_at,
        own_number=whose.number,
        parts=parts,
    )


def lines(connection: Connection, ticket: OwnTicket) -> list[Line]:
    """What happened, as the caller may know it, oldest first."""
    found = [
        *_states(connection, ticket.id),
        *_notes(connection, ticket.parts),
        *_files(connection, ticket.parts),
    ]
    return sorted(found, key=lambda line: line.at)


def _row(connection: Connection, ticket_id: int) -> Any:
    columns = (
        Ticket.id,
        Ticket.number,
        Ticket.merged_into_id,
        Ticket.caller_index,
        Ticket.state,
        Ticket.kind,
        Ticket.category,
        Ticket.words,
        Ticket.place,
        Ticket.outcome,
        Ticket.satisfaction,
        Ticket.confidential,
        Ticket.opened_at,
        Ticket.respond_due_at,
        Ticket.complete_due_at,
        Ticket.acknowledged_at,
        Ticket.resolved_at,
    )
    return connection.execute(select(*columns).where(Ticket.id == ticket_id)).one()


def _states(connection: Connection, ticket_id: int) -> Iterator[Line]:
    rows = connection.execute(
        select(TicketEvent.at, TicketEvent.to_state)
        .where(TicketEvent.ticket_id == ticket_id, TicketEvent.to_state.in_(_SHOWN))
        .order_by(TicketEvent.id)
    )
    yield from (Line(row.at, "state", row.to_state) for row in rows)


def _notes(connection: Connection, ids: Collection[int]) -> Iterator[Line]:
    """Notes told to the caller, and the caller's own words; never an internal one."""
    rows = connection.execute(
        select(TicketNote.at, TicketNote.actor, TicketNote.told_by, TicketNote.body)
        .where(TicketNote.ticket_id.in_(ids))
        .order_by(TicketNote.id)
    )
    for row in rows:
        if row.told_by:
            yield Line(row.at, "told", row.told_by, row.body)
        elif row.actor == CALLER:
            yield Line(row.at, "said", "", row.body)


def _files(connection: Connection, ids: Collection[int]) -> Iterator[Line]:
    """Files the caller sent; those of the staff are internal."""
    rows = connection.execute(
        select(TicketAttachment.at, TicketAttachment.name)
        .where(
            TicketAttachment.ticket_id.in_(ids),
            TicketAttachment.actor == CALLER,
            TicketAttachment.removed_at.is_(None),
        )
        .order_by(TicketAttachment.id)
    )
    yield from (Line(row.at, "sent", "", row.name) for row in rows)
