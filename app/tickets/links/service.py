"""Linking tickets with each other and with calls; the only writer of those tables."""

from datetime import datetime

from sqlalchemy import Connection, delete

from app.database import insert_once
from app.tickets.changes import Happened, Standing, lock, write_event
from app.tickets.errors import RefusedError
from app.tickets.links.models import LinkKind, TicketCall, TicketLink


def link(
    connection: Connection, number: str, other: str, kind: LinkKind, actor: str, at: datetime
) -> bool:
    """Say how a ticket belongs to another: `related`, its `cause`, or a `follow_up` on it.

    Returns False when that was said before.
    """
    ticket, related = lock_both(connection, number, other)
    is_new = insert_once(
        connection,
        TicketLink,
        from_id=ticket.id,
        to_id=related.id,
        kind=kind,
        at=at,
        actor=actor,
    )
    if is_new:
        _write_both(connection, ticket, related, "linked", kind, actor, at)
    return is_new


def unlink(
    connection: Connection, number: str, other: str, kind: LinkKind, actor: str, at: datetime
) -> bool:
    """Take a link back; returns False when there is none."""
    ticket, related = lock_both(connection, number, other)
    gone = connection.execute(
        delete(TicketLink).where(
            TicketLink.from_id == ticket.id,
            TicketLink.to_id == related.id,
            TicketLink.kind == kind,
        )
    )
    if gone.rowcount:
        _write_both(connection, ticket, related, "unlinked", kind, actor, at)
    return bool(gone.rowcount)


def link_call(
    connection: Connection, ticket_id: int, call_sid: str, kind: str, at: datetime
) -> bool:
    """Note that a call is about a ticket (`callback`, `return_visit`, `escalation`, …).

    Returns False when that was known.
    """
    return insert_once(
        connection, TicketCall, ticket_id=ticket_id, call_sid=call_sid, kind=kind, at=at
    )


def lock_both(connection: Connection, number: str, other: str) -> tuple[Standing, Standing]:
    """Two tickets, locked in one order by everybody, so that none waits for the other for ever."""
    if number == other:
        raise RefusedError("两个编号是同一个工单。", "Both numbers are the same ticket.")
    locked = {each: lock(connection, each) for each in sorted((number, other))}
    return locked[number], locked[other]


def _write_both(
    connection: Connection,
    ticket: Standing,
    related: Standing,
    event: str,
    kind: LinkKind,
    actor: str,
    at: datetime,
) -> None:
    for one, other in ((ticket, related), (related, ticket)):
        detail = {"kind": kind, "number": other.number, "from": ticket.number}
        write_event(connection, one.id, Happened(at, actor, event, detail=detail))
