"""The verbs of text messages; the only writer of their tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, delete, select, update

from app.database import blind_index, insert_once
from app.flows.text_length import segments, shortened
from app.jobs.service import enqueue
from app.messages.facts import InboundText, Reply
from app.messages.models import Message, OptOut
from app.messages.status import ANSWERED, FINAL_RANK, QUEUED, RANK, RECEIVED, SENDING

log = structlog.get_logger()

SEND = "message.send"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text that is about to be handed to the provider."""

    id: int
    to: str
    body: str


def send_text(
    connection: Connection,
    *,
    to: str,
    body: str,
    key: str,
    at: datetime,
    ticket_id: int | None = None,
    urgent: bool = False,
) -> bool:
    """Ask for one text to be sent, exactly once by `key` (at most 128 characters).

    Committed with the caller's transaction; a job sends it, behind the hotline's signature. A body
    over five segments is shortened at the end of a sentence. Returns False, and sends nothing,
    when the key was used before or the number has opted out.
    """
    if has_opted_out(connection, to):
        log.info("text.not_wanted", ticket=ticket_id)
        return False
    row = _outbound(to, shortened(body), key, at, ticket_id) | {"status": QUEUED}
    if not insert_once(connection, Message, **row, rank=RANK[QUEUED]):
        return False
    text_id = connection.execute(select(Message.id).where(Message.key == key)).scalar_one()
    enqueue(connection, SEND, f"{SEND}:{text_id}", {"text": text_id}, at, urgent=urgent)
    return True


def has_opted_out(connection: Connection, number: str) -> bool:
    """Whether a telephone wants no texts."""
    query = select(OptOut.at).where(OptOut.number_index == blind_index(number))
    return connection.execute(query).first() is not None


def opt_out(connection: Connection, number: str, at: datetime, source: str) -> bool:
    """Note that a telephone wants no texts; returns False when that was known."""
    index = blind_index(number)
    return insert_once(connection, OptOut, number_index=index, at=at, source=source)


def opt_in(connection: Connection, number: str) -> bool:
    """Note that a telephone wants texts again; returns False when it never did not."""
    gone = connection.execute(delete(OptOut).where(OptOut.number_index == blind_index(number)))
    return gone.rowcount == 1


def begin_sending(
    connection: Connection, text_id: int, at: datetime, sign: Callable[[str], str]
) -> Outgoing | None:
    """Take a queued text for sending, signed; None when that was begun before, by whomever.

    Only the one who gets it may hand it to the provider: it is never sent a second time (law L4).
    """
    is_queued = (Message.id == text_id, Message.status == QUEUED)
    found = connection.execute(
        select(Message.number, Message.body).where(*is_queued).with_for_update()
    ).one_or_none()
    if found is None:
        return None
    body = sign(found.body)
    connection.execute(
        update(Message)
        .where(*is_queued)
        .values(
            body=body,
            segments=segments(body),
            status=SENDING,
            rank=RANK[SENDING],
            sending_at=at,
        )
    )
    return Outgoing(text_id, found.number, body)


def not_sent(connection: Connection, text_id: int) -> None:
    """The provider certainly did not take it: it may be tried again."""
    connection.execute(
        update(Message)
        .where(Message.id == text_id, Message.status == SENDING)
        .values(status=QUEUED, rank=RANK[QUEUED], sending_at=None)
    )


def progress(
    connection: Connection,
    text_id: int,
    status: str,
    at: datetime,
    *,
    sid: str = "",
    error: str = "",
) -> bool:
    """Raise a text to a status; returns False when it has got as far already.

    The first SID that is told stays. Safe in any order and any number of times.
    """
    if sid:
        bind = update(Message).where(Message.id == text_id, Message.sid.is_(None))
        connection.execute(bind.values(sid=sid[:64]))
    rank = RANK[status]
    changes: dict[str, Any] = {"status": status, "rank": rank, "error": error[:64]}
    if rank == FINAL_RANK:
        changes["settled_at"] = at
    raised = connection.execute(
        update(Message).where(Message.id == text_id, Message.rank < rank).values(**changes)
    )
    return raised.rowcount == 1


def keep_inbound(connection: Connection, text: InboundText) -> bool:
    """Keep a text that came in; False when it is here already."""
    return insert_once(
        connection,
        Message,
        key=inbound_key(text.sid),
        sid=text.sid,
        direction="in",
        number=text.sender,
        number_index=blind_index(text.sender),
        body=text.body,
        segments=segments(text.body),
        status=RECEIVED,
        rank=RANK[RECEIVED],
        at=text.at,
        settled_at=text.at,
    )


def settle_inbound(
    connection: Connection, text: InboundText, reply: Reply, *, spoken: bool = True
) -> None:
    """Note what an inbound text was taken for and what is answered to it.

    An answer that is `spoken` at once is a message of its own too, so that a ticket shows both
    sides; one that is not will be sent.
    """
    connection.execute(
        update(Message)
        .where(Message.key == inbound_key(text.sid))
        .values(purpose=reply.purpose[:16], ticket_id=reply.ticket_id, answer=reply.body)
    )
    if reply.body and spoken:
        key = f"answer:{text.sid}"
        row = _outbound(text.sender, reply.body, key, text.at, reply.ticket_id)
        insert_once(
            connection,
            Message,
            **row,
            status=ANSWERED,
            rank=RANK[ANSWERED],
            settled_at=text.at,
        )


def inbound_key(sid: str) -> str:
    """The key of a text that came in."""
    return f"sid:{sid}"


def _outbound(to: str, body: str, key: str, at: datetime, ticket_id: int | None) -> dict[str, Any]:
    return {
        "key": key,
        "direction": "out",
        "number": to,
        "number_index": blind_index(to),
        "body": body,
        "segments": segments(body),
        "ticket_id": ticket_id,
        "at": at,
    }
