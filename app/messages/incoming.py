"""An inbound text from arrival to answer, in one transaction; the same answer ever after."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.jobs.service import enqueue
from app.messages import queries, service
from app.messages.facts import InboundText, Reply, TextHandler

log = structlog.get_logger()

READ = "message.read"
HOUR = timedelta(hours=1)
MOST_ANSWERS_PER_HOUR = 10  # to one number: two machines must not talk for ever

Handlers = Sequence[TextHandler]


def receive(connection: Connection, text: InboundText, handlers: Handlers) -> str:
    """Keep a text, do what it asks for, and return what is answered at once; empty for nothing.

    Raises what a handler raises to refuse: nothing is kept then, and it may be tried again.
    """
    if not service.keep_inbound(connection, text):
        return queries.answer_given(connection, text.sid) or ""
    reply = _reply(connection, text, handlers)
    service.settle_inbound(connection, text, reply)
    return reply.body


def keep_for_later(connection: Connection, text: InboundText) -> None:
    """Keep a text that could not be read when it came; a job reads it and answers by a new text."""
    service.keep_inbound(connection, text)
    enqueue(connection, READ, f"{READ}:{text.sid}", asdict(Late(text.sid, text.media)), text.at)


@dataclass(frozen=True, slots=True)
class Late:
    """What the job knows of a text besides what stands in its row."""

    sid: str
    media: int


def read_late(
    connection: Connection, late: Late, handlers: Handlers, language: Callable[[str], str]
) -> None:
    """Read a kept text and those its sender sent before it; send what is answered, once each.

    `language` tells what a text is written in.
    """
    sender = queries.sender_of(connection, late.sid)
    if sender is None:
        return
    for kept in queries.unread(connection, sender):
        media = late.media if kept.sid == late.sid else 0
        text = replace(kept, language=language(kept.body), media=media)
        reply = _reply(connection, text, handlers)
        service.settle_inbound(connection, text, reply, spoken=False)
        _send(connection, text.sender, text.sid, reply.body, reply.ticket_id, text.at)
    # A text that was read although nobody could wait for it: its answer was never given.
    answer = queries.answer_of(connection, late.sid)
    if answer is not None and answer.body:
        _send(connection, answer.to, late.sid, answer.body, answer.ticket_id, answer.at)


def _send(
    connection: Connection, to: str, sid: str, body: str, ticket_id: int | None, at: datetime
) -> None:
    if body:
        key = f"late:{sid}"
        service.send_text(connection, to=to, body=body, key=key, at=at, ticket_id=ticket_id)


def _reply(connection: Connection, text: InboundText, handlers: Handlers) -> Reply:
    wants_none = service.has_opted_out(connection, text.sender)
    claims = (handler(connection, text) for handler in handlers)
    reply = next((claim for claim in claims if claim is not None), Reply())
    answers = queries.answers_since(connection, text.sender, text.at - HOUR)
    if answers >= MOST_ANSWERS_PER_HOUR:
        log.warning("text.not_answered", reason="too many", purpose=reply.purpose)
        return replace(reply, body="")
    return replace(reply, body="") if wants_none and not reply.owed else reply
