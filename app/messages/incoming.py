"""An inbound text from arrival to answer, in one transaction; the same answer ever after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

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
    payload = {"sid": text.sid, "language": text.language, "media": text.media}
    enqueue(connection, READ, f"{READ}:{text.sid}", payload, text.at)


def read_late(connection: Connection, text: InboundText, handlers: Handlers) -> None:
    """Read a kept text, and send what would have been answered, once."""
    body = queries.answer_given(connection, text.sid)
    ticket_id = None
    if body is None:
        reply = _reply(connection, text, handlers)
        service.settle_inbound(connection, text, reply, spoken=False)
        body, ticket_id = reply.body, reply.ticket_id
    if body:
        service.send_text(
            connection,
            to=text.sender,
            body=body,
            key=f"late:{text.sid}",
            at=text.at,
            ticket_id=ticket_id,
        )


def _reply(connection: Connection, text: InboundText, handlers: Handlers) -> Reply:
    wants_none = service.has_opted_out(connection, text.sender)
    claims = (handler(connection, text) for handler in handlers)
    reply = next((claim for claim in claims if claim is not None), Reply())
    answers = queries.answers_since(connection, text.sender, text.at - HOUR)
    if answers >= MOST_ANSWERS_PER_HOUR:
        log.warning("text.not_answered", reason="too many", purpose=reply.purpose)
        return replace(reply, body="")
    return replace(reply, body="") if wants_none and not reply.owed else reply
