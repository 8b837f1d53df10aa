"""Writing notes, and telling callers; the only writer of their table."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.database import insert_once
from app.messages.service import send_text
from app.tickets.changes import Happened, lock, write_event
from app.tickets.errors import RefusedError
from app.tickets.models import Ticket
from app.tickets.notes.models import TicketNote, Way
from app.tickets.search import service as search

LONGEST = 5_000  # characters of a note


def add_note(
    connection: Connection,
    number: str,
    body: str,
    actor: str,
    at: datetime,
    *,
    key: str,
    told_by: Way = "",
) -> bool:
    """Add a note: internal, or what the caller was told and by which way (`told_by`).

    Returns False when `key` (at most 96 characters) was used before. Raises UnknownTicketError,
    or RefusedError for a note that is empty or too long.
    """
    ticket = lock(connection, number)
    body = _checked(body)
    is_new = insert_once(
        connection,
        TicketNote,
        key=key,
        ticket_id=ticket.id,
        at=at,
        actor=actor,
        told_by=told_by,
        body=body,
    )
    if is_new:
        search.add(connection, ticket.id, body)
        event, detail = ("told", {"way": told_by}) if told_by else ("noted", None)
        write_event(connection, ticket.id, Happened(at, actor, event, detail=detail))
    return is_new


def tell_by_text(
    connection: Connection, number: str, body: str, actor: str, at: datetime, *, key: str
) -> bool:
    """Tell the caller something by text message and note that they were told.

    Returns False when `key` was used before. Raises RefusedError when no number is known or its
    owner wants no texts.
    """
    ticket = lock(connection, number)
    caller = connection.execute(select(Ticket.caller).where(Ticket.id == ticket.id)).scalar_one()
    if not caller.startswith("+"):
        raise RefusedError(
            f"工单 {number} 没有群众的电话号码，发不了短信。",
            f"Ticket {number} has no telephone number of its caller: nothing can be texted.",
        )
    if not add_note(connection, number, body, actor, at, key=key, told_by="sms"):
        return False
    sent = send_text(
        connection, to=caller, body=body.strip(), key=f"note:{key}", at=at, ticket_id=ticket.id
    )
    if not sent:
        raise RefusedError(
            "对方已退订短信：请改打电话。", "The caller wants no texts: call them instead."
        )
    return True


def _checked(body: str) -> str:
    body = body.strip()
    if not body:
        raise RefusedError("备注是空的：请写点什么。", "The note is empty: write something.")
    if len(body) > LONGEST:
        raise RefusedError(
            f"备注太长：最多 {LONGEST} 个字。", f"Too long: at most {LONGEST} characters."
        )
    return body
