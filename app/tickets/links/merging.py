"""Merging a duplicate into the ticket that goes on, and undoing it; writes `ticket_merges`."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, insert, select, update

from app.messages.service import send_text
from app.tickets.changes import Happened, Standing, change
from app.tickets.deadlines import what_counts
from app.tickets.errors import RefusedError
from app.tickets.links.models import TicketMerge
from app.tickets.links.service import lock_both
from app.tickets.models import Ticket
from app.tickets.states import SETTLED


class Composes(Protocol):
    """Composes text messages (`app.messages.composing.Composer`)."""

    def compose(self, key: str, language: str, **values: str) -> str:
        """A text by its key, in a language."""


def merge(
    connection: Connection,
    duplicate_number: str,
    survivor_number: str,
    actor: str,
    why: str,
    at: datetime,
    composer: Composes,
) -> None:
    """Close a duplicate in favour of the survivor, and tell its caller by text.

    The survivor keeps the earlier of both deadlines. What belongs to the duplicate stays with it
    and is shown with the survivor (`queries.family`). Raises RefusedError without a reason, when
    the survivor is settled, or when either was merged already.
    """
    duplicate, survivor = lock_both(connection, duplicate_number, survivor_number)
    _refuse(duplicate, survivor, why)
    _remember(connection, duplicate, survivor, actor, why, at)
    _hasten(connection, duplicate, survivor, actor, at)
    detail = {"into": survivor.number}
    happened = Happened(at, actor, "merged", duplicate.state, "closed", "", why.strip(), detail)
    change(
        connection,
        duplicate,
        happened,
        state="closed",
        merged_into_id=survivor.id,
        closed_at=at,
        due_at=None,
        next_alarm_at=None,
    )
    _tell(connection, duplicate, survivor, at, composer)


def unmerge(
    connection: Connection, duplicate_number: str, actor: str, why: str, at: datetime
) -> None:
    """Undo a merge: the duplicate stands as before, the survivor gets its own deadlines back.

    A deadline of the survivor that was changed since the merge stays as it is. Raises
    RefusedError when the ticket was not merged.
    """
    row = connection.execute(
        select(Ticket.number, TicketMerge.__table__)
        .join(TicketMerge, TicketMerge.survivor_id == Ticket.id)
        .where(
            TicketMerge.undone_at.is_(None),
            TicketMerge.duplicate_id
            == select(Ticket.id).where(Ticket.number == duplicate_number).scalar_subquery(),
        )
    ).one_or_none()
    if row is None:
        raise RefusedError(
            f"工单 {duplicate_number} 没有被合并。", f"Ticket {duplicate_number} was not merged."
        )
    duplicate, survivor = lock_both(connection, duplicate_number, row.number)
    _set_free(connection, duplicate, row, actor, why, at)
    _relax(connection, duplicate, survivor, row, actor, at)
    done = update(TicketMerge).where(TicketMerge.id == row.id, TicketMerge.undone_at.is_(None))
    connection.execute(done.values(undone_at=at))


def _refuse(duplicate: Standing, survivor: Standing, why: str) -> None:
    if not why.strip():
        raise RefusedError("请写明为什么是同一件事。", "Say why both are the same matter.")
    for ticket in (duplicate, survivor):
        if ticket.merged_into_id is not None:
            raise RefusedError(
                f"工单 {ticket.number} 已并入另一工单。",
                f"Ticket {ticket.number} was merged into another already.",
            )
    if survivor.state in SETTLED:
        raise RefusedError(
            f"工单 {survivor.number} 已办结：请先重开再合并。",
            f"Ticket {survivor.number} is settled: reopen it before you merge into it.",
        )
    if survivor.confidential and not duplicate.confidential:
        raise RefusedError(
            f"工单 {survivor.number} 已加密：请先给 {duplicate.number} 加密再合并。",
            f"Ticket {survivor.number} is sealed: seal {duplicate.number} before you merge it.",
        )
    if duplicate.confidential and not survivor.confidential:
        raise RefusedError(
            f"工单 {duplicate.number} 已加密：请先给 {survivor.number} 加密再合并。",
            f"Ticket {duplicate.number} is sealed: seal {survivor.number} before you merge.",
        )


def _remember(
    connection: Connection,
    duplicate: Standing,
    survivor: Standing,
    actor: str,
    why: str,
    at: datetime,
) -> None:
    closed_at = select(Ticket.closed_at).where(Ticket.id == duplicate.id).scalar_subquery()
    connection.execute(
        insert(TicketMerge).values(
            duplicate_id=duplicate.id,
            survivor_id=survivor.id,
            at=at,
            actor=actor,
            why=why.strip(),
            former_state=duplicate.state,
            former_closed_at=closed_at,
            former_respond_due_at=survivor.clocks.respond_due_at,
            former_complete_due_at=survivor.clocks.complete_due_at,
        )
    )


def _hasten(
    connection: Connection, duplicate: Standing, survivor: Standing, actor: str, at: datetime
) -> None:
    """Whoever was promised more is kept the promise; a settled duplicate has none left."""
    own, its = survivor.clocks, duplicate.clocks
    respond_due, complete_due = own.respond_due_at, own.complete_due_at
    if duplicate.state not in SETTLED:
        respond_due = min(respond_due, its.respond_due_at)
        complete_due = min(complete_due, its.complete_due_at)
    happened = Happened(at, actor, "took_in", detail={"number": duplicate.number})
    _set_deadlines(connection, survivor, happened, respond_due, complete_due)


def _relax(
    connection: Connection,
    duplicate: Standing,
    survivor: Standing,
    former: Row[Any],
    actor: str,
    at: datetime,
) -> None:
    own, its = survivor.clocks, duplicate.clocks
    respond_due = former.former_respond_due_at
    complete_due = former.former_complete_due_at
    if own.respond_due_at != min(respond_due, its.respond_due_at):
        respond_due = own.respond_due_at
    if own.complete_due_at != min(complete_due, its.complete_due_at):
        complete_due = own.complete_due_at
    happened = Happened(at, actor, "gave_back", detail={"number": duplicate.number})
    _set_deadlines(connection, survivor, happened, respond_due, complete_due)


def _set_free(
    connection: Connection,
    duplicate: Standing,
    former: Row[Any],
    actor: str,
    why: str,
    at: datetime,
) -> None:
    state, clocks = former.former_state, duplicate.clocks
    due = what_counts(state, clocks.respond_due_at, clocks.complete_due_at, clocks.waiting_until)
    change(
        connection,
        duplicate,
        Happened(at, actor, "unmerged", "closed", state, words=why.strip()),
        state=state,
        merged_into_id=None,
        closed_at=former.former_closed_at,
        due_at=due,
        next_alarm_at=None if state in SETTLED or state == "waiting" else at,
    )


def _set_deadlines(
    connection: Connection,
    ticket: Standing,
    happened: Happened,
    respond_due: datetime,
    complete_due: datetime,
) -> None:
    due = what_counts(ticket.state, respond_due, complete_due, ticket.clocks.waiting_until)
    rests = ticket.state in SETTLED or ticket.state == "waiting"
    change(
        connection,
        ticket,
        happened,
        respond_due_at=respond_due,
        complete_due_at=complete_due,
        due_at=due,
        next_alarm_at=None if rests else happened.at,
    )


def _tell(
    connection: Connection,
    duplicate: Standing,
    survivor: Standing,
    at: datetime,
    composer: Composes,
) -> None:
    caller = connection.execute(select(Ticket.caller).where(Ticket.id == duplicate.id)).scalar_one()
    if caller.startswith("+"):
        body = composer.compose("ticket.merged", duplicate.language, number=survivor.number)
        key = f"merged:{duplicate.id}:{duplicate.version}"
        send_text(connection, to=caller, body=body, key=key, at=at, ticket_id=duplicate.id)
