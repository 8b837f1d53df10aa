"""Reads of text messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from app.database import blind_index
from app.messages.facts import InboundText
from app.messages.models import Message
from app.messages.service import inbound_key
from app.messages.status import FINAL_RANK
from app.tickets.models import Ticket
from app.tickets.queries import own_part

OPENED, ADDED = "appeal", "addition"  # the purposes of texts that make up a ticket


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """A ticket of the telephone that asks, after a merge the one that goes on.

    What is added belongs to `own_id` and `own_number`: with another caller's ticket that goes on,
    the telephone's own stands for it.
    """

    id: int
    number: str
    state: str
    category: str
    own_id: int
    own_number: str

    @property
    def takes_words(self) -> bool:
        """Whether what the caller adds belongs to it: what is settled begins anew."""
        return self.state not in ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an outbound text has got."""

    id: int
    key: str
    sid: str | None
    ticket_id: int | None
    to: str
    body: str
    status: str
    rank: int
    at: datetime
    sending_at: datetime | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.rank >= FINAL_RANK


def standing(connection: Connection, text_id: int) -> Standing | None:
    """An outbound text, or None."""
    row = connection.execute(
        select(
            Message.id,
            Message.key,
            Message.sid,
            Message.ticket_id,
            Message.number,
            Message.body,
            Message.status,
            Message.rank,
            Message.at,
            Message.sending_at,
        ).where(Message.id == text_id, Message.direction == "out")
    ).one_or_none()
    return None if row is None else Standing(*tuple(row))


def language_of(connection: Connection, number: str) -> str:
    """The language of the last ticket of a telephone, empty when it has none."""
    query = select(Ticket.language).where(Ticket.caller_index == blind_index(number))
    return connection.execute(query.order_by(Ticket.id.desc()).limit(1)).scalar() or ""


def known_sids(connection: Connection, sids: Sequence[str]) -> set[str]:
    """Those of the SIDs that texts of ours have."""
    found = connection.execute(select(Message.sid).where(Message.sid.in_(sids))).scalars()
    return {sid for sid in found if sid}


def answer_given(connection: Connection, sid: str) -> str | None:
    """What was answered to an inbound text; None when it has not been read yet."""
    return connection.execute(
        select(Message.answer).where(Message.key == inbound_key(sid))
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to an inbound text, or would have been."""

    to: str
    body: str
    ticket_id: int | None
    at: datetime


def answer_of(connection: Connection, sid: str) -> Answer | None:
    """The answer to a text that was read; None when it has not been."""
    row = connection.execute(
        select(Message.number, Message.answer, Message.ticket_id, Message.at).where(
            Message.key == inbound_key(sid)
        )
    ).one_or_none()
    if row is None or row.answer is None:
        return None
    return Answer(row.number, row.answer, row.ticket_id, row.at)


def sender_of(connection: Connection, sid: str) -> str | None:
    """The blind index of the telephone that an inbound text came from, or None."""
    return connection.execute(
        select(Message.number_index).where(Message.key == inbound_key(sid))
    ).scalar_one_or_none()


def unread(connection: Connection, sender: str) -> list[InboundText]:
    """A telephone's texts that nobody has read, in the order they came, locked.

    Whoever reads them reads them all: two that read at once would open two tickets.
    """
    rows = connection.execute(
        select(Message.sid, Message.number, Message.body, Message.at)
        .where(
            Message.number_index == sender,
            Message.direction == "in",
            Message.answer.is_(None),
        )
        .order_by(Message.at, Message.id)
        .with_for_update()
    )
    return [InboundText(str(row.sid), row.number, row.body, row.at, "") for row in rows]


def own_ticket(connection: Connection, number: str, caller: str) -> OwnTicket | None:
    """A ticket by its number, for the telephone it belongs to; a merged one leads to its heir.

    None alike for an unknown number and for another telephone's (threat T24).
    """
    ticket_id = own_part(connection, number, caller)
    return None if ticket_id is None else _ticket(connection, Ticket.id == ticket_id)


def recent_thread(connection: Connection, sender: str, since: datetime) -> OwnTicket | None:
    """The ticket that this telephone's last text since an instant opened or added to."""
    ticket_id = connection.execute(
        select(Message.ticket_id)
        .where(
            Message.number_index == blind_index(sender),
            Message.at >= since,
            Message.direction == "in",
            Message.purpose.in_((OPENED, ADDED)),
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if ticket_id is None else _ticket(connection, Ticket.id == ticket_id)


def answers_since(connection: Connection, number: str, since: datetime) -> int:
    """How many texts went to a number since an instant, whatever became of them."""
    return _count(connection, number, since, Message.direction == "out")


def opened_since(connection: Connection, number: str, since: datetime) -> int:
    """How many tickets a number has opened by text since an instant."""
    return _count(connection, number, since, Message.purpose == OPENED)


def texts_of_tickets(connection: Connection, ticket_ids: Collection[int]) -> Sequence[RowMapping]:
    """All texts of tickets, oldest first: `id ticket_id direction number body status …`."""
    return (
        connection.execute(
            select(
                Message.id,
                Message.ticket_id,
                Message.direction,
                Message.number,
                Message.body,
                Message.status,
                Message.error,
                Message.purpose,
                Message.at,
            )
            .where(Message.ticket_id.in_(ticket_ids))
            .order_by(Message.at, Message.id)
        )
        .mappings()
        .all()
    )


def _ticket(connection: Connection, *where: ColumnElement[bool]) -> OwnTicket | None:
    """The ticket, or the one it was merged into."""
    own = _row(connection, *where)
    if own is None:
        return None
    heir = own
    while heir.merged_into_id is not None:
        heir = _row(connection, Ticket.id == heir.merged_into_id)
    whose = heir if heir.caller_index == own.caller_index else own
    return OwnTicket(heir.id, heir.number, heir.state, heir.category, whose.id, whose.number)


def _row(connection: Connection, *where: ColumnElement[bool]) -> Any:
    columns = (Ticket.id, Ticket.number, Ticket.state, Ticket.category, Ticket.caller_index)
    query = select(*columns, Ticket.merged_into_id).where(*where)
    return connection.execute(query).one_or_none()


def _count(connection: Connection, number: str, since: datetime, kind: ColumnElement[bool]) -> int:
    return connection.execute(
        select(func.count()).where(
            Message.number_index == blind_index(number), Message.at >= since, kind
        )
    ).scalar_one()
