"""Who owns a ticket: the first to take it, until somebody accepts it from them (R11)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.people.access.scope import ALL
from app.tickets import service as tickets
from app.tickets.changes import (
    SYSTEM,
    Happened,
    Standing,
    change,
    lock,
    lock_by_id,
    staff_actor,
    write_event,
)
from app.tickets.errors import OwnershipError, RefusedError
from app.tickets.handover.models import IS_STANDING, OfferState, TicketOffer
from app.tickets.states import SETTLED, UNANSWERED

STANDS_FOR = timedelta(hours=2)  # how long an offer may wait for an answer


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person who answers an offer, and the departments they belong to (`*`: all)."""

    staff_id: int
    departments: Collection[str] = field(default=frozenset())

    def is_meant(self, to_staff_id: int | None, to_department: str | None) -> bool:
        """Whether an offer is addressed to this person."""
        if to_staff_id is not None:
            return to_staff_id == self.staff_id
        return to_department in self.departments or ALL in self.departments


@dataclass(frozen=True, slots=True)
class Target:
    """To whom a ticket is offered: a person, or anybody of a department.

    With both it is that person, and the ticket moves to that department.
    """

    staff_id: int | None = None
    department: str | None = None


def claim(
    connection: Connection, number: str, staff_id: int, at: datetime, version: int | None = None
) -> bool:
    """Take a ticket that nobody owns, or answer one's own; of two at once exactly one gets it.

    A new or reopened one is thereby acknowledged. Returns False when it is theirs already.
    Raises OwnershipError when somebody else owns it or it is settled.
    """
    ticket = lock(connection, number, version)
    _refuse_settled(ticket)
    if ticket.owner_id not in (None, staff_id):
        raise OwnershipError(
            f"工单 {number} 已有人接手。", f"Somebody else has taken ticket {number} already."
        )
    if ticket.state in UNANSWERED:
        return tickets.transition(connection, number, "acknowledged", staff_actor(staff_id), "", at)
    if ticket.owner_id == staff_id:
        return False
    _own(connection, ticket, staff_id, Happened(at, staff_actor(staff_id), "taken"))
    return True


def offer(
    connection: Connection,
    number: str,
    staff_id: int,
    target: Target,
    reason: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> int:
    """The owner offers a ticket to somebody else; returns the offer's id.

    Until it is accepted the owner stays the owner. Raises OwnershipError when the ticket is not
    theirs or is offered already, RefusedError without a reason or a target.
    """
    ticket = lock(connection, number)
    _refuse_settled(ticket)
    if ticket.owner_id != staff_id:
        raise OwnershipError(
            f"工单 {number} 不归您：只有负责人能转交。",
            f"Ticket {number} is not yours: only its owner can hand it over.",
        )
    _refuse_aimless(target, staff_id, reason)
    if _standing_offer(connection, ticket.id) is not None:
        raise OwnershipError(
            f"工单 {number} 已在转交中：等对方答复，或先撤回。",
            f"Ticket {number} is on offer already: wait for the answer or withdraw it.",
        )
    offer_id = connection.execute(
        insert(TicketOffer)
        .values(
            ticket_id=ticket.id,
            from_staff_id=staff_id,
            to_staff_id=target.staff_id,
            to_department=target.department,
            reason=reason.strip(),
            state="offered",
            offered_at=at,
            expires_at=expires_at or at + STANDS_FOR,
        )
        .returning(TicketOffer.id)
    ).scalar_one()
    detail = {"to_staff": target.staff_id, "to_department": target.department}
    happened = Happened(at, staff_actor(staff_id), "offered", words=reason.strip(), detail=detail)
    write_event(connection, ticket.id, happened)
    return offer_id


def accept(connection: Connection, number: str, receiver: Receiver, at: datetime) -> None:
    """Accept an offer: the ticket is the receiver's from now on.

    Raises OwnershipError when it is not (or no longer) offered to them.
    """
    ticket = lock(connection, number)
    _refuse_settled(ticket)
    standing = _offer_to(connection, ticket, receiver, at)
    _answer(connection, standing.id, "accepted", receiver.staff_id, at)
    more = {} if standing.to_department is None else {"department": standing.to_department}
    happened = Happened(
        at, staff_actor(receiver.staff_id), "accepted", detail={"from": standing.from_staff_id}
    )
    _own(connection, ticket, receiver.staff_id, happened, **more)


def decline(
    connection: Connection, number: str, receiver: Receiver, why: str, at: datetime
) -> None:
    """Decline an offer, with a reason: the ticket stays with its owner."""
    ticket = lock(connection, number)
    standing = _offer_to(connection, ticket, receiver, at)
    if not why.strip():
        raise RefusedError("请写明不接的原因。", "Say why you do not take it.")
    _answer(connection, standing.id, "declined", receiver.staff_id, at, why)
    actor = staff_actor(receiver.staff_id)
    write_event(connection, ticket.id, Happened(at, actor, "declined", words=why.strip()))


def withdraw(
    connection: Connection, number: str, staff_id: int, at: datetime, why: str = ""
) -> None:
    """The owner takes an offer back."""
    ticket = lock(connection, number)
    standing = _standing_offer(connection, ticket.id)
    if standing is None or standing.from_staff_id != staff_id:
        raise OwnershipError(
            f"工单 {number} 没有您发出的转交。", f"You have not offered ticket {number} to anybody."
        )
    _answer(connection, standing.id, "withdrawn", staff_id, at, why)
    happened = Happened(at, staff_actor(staff_id), "withdrawn", words=why.strip())
    write_event(connection, ticket.id, happened)


def expire_offers(connection: Connection, at: datetime, limit: int = 100) -> int:
    """End offers that nobody has answered in time; returns how many. Two may run at once."""
    late = (
        select(TicketOffer.ticket_id)
        .where(IS_STANDING, TicketOffer.expires_at <= at)
        .order_by(TicketOffer.expires_at)
        .limit(limit)
    )
    ended = 0
    for ticket_id in connection.execute(late).scalars().all():
        lock_by_id(connection, ticket_id)
        standing = _standing_offer(connection, ticket_id)
        if standing is not None and standing.expires_at <= at:
            _answer(connection, standing.id, "expired", None, at)
            write_event(connection, ticket_id, Happened(at, SYSTEM, "expired"))
            ended += 1
    return ended


def assign(
    connection: Connection,
    number: str,
    to_staff_id: int | None,
    actor: str,
    at: datetime,
    why: str = "",
    department: str | None = None,
) -> bool:
    """Give a ticket to somebody outright, or back to its department's desk (None).

    That takes the right to assign, which the edge checks. Its clocks go on: the person must still
    acknowledge it. A standing offer ends. Returns False when it is theirs already.
    """
    ticket = lock(connection, number)
    _refuse_settled(ticket)
    if ticket.owner_id == to_staff_id and department in (None, ticket.department):
        return False
    standing = _standing_offer(connection, ticket.id)
    if standing is not None:
        _answer(connection, standing.id, "withdrawn", None, at)
    more = {} if department is None else {"department": department}
    detail = {"from": ticket.owner_id, "to": to_staff_id}
    happened = Happened(at, actor, "assigned", words=why.strip(), detail=detail)
    _own(connection, ticket, to_staff_id, happened, **more)
    return True


def _own(
    connection: Connection,
    ticket: Standing,
    staff_id: int | None,
    happened: Happened,
    **more: Any,
) -> None:
    change(connection, ticket, happened, owner_id=staff_id, **more)


def _refuse_settled(ticket: Standing) -> None:
    if ticket.state in SETTLED:
        raise OwnershipError(
            f"工单 {ticket.number} 已办结：要接着办，请先重开。",
            f"Ticket {ticket.number} is settled: reopen it to work on it.",
        )


def _refuse_aimless(target: Target, staff_id: int, reason: str) -> None:
    if not reason.strip():
        raise RefusedError("请写明转交的原因。", "Say why you hand it over.")
    if target.staff_id is None and target.department is None:
        raise RefusedError("请选择转交给谁。", "Choose to whom you hand it over.")
    if target.staff_id == staff_id:
        raise RefusedError("不能转交给自己。", "You cannot hand a ticket over to yourself.")


def _standing_offer(connection: Connection, ticket_id: int) -> Any:
    return connection.execute(
        select(
            TicketOffer.id,
            TicketOffer.from_staff_id,
            TicketOffer.to_staff_id,
            TicketOffer.to_department,
            TicketOffer.expires_at,
        ).where(TicketOffer.ticket_id == ticket_id, IS_STANDING)
    ).one_or_none()


def _offer_to(connection: Connection, ticket: Standing, receiver: Receiver, at: datetime) -> Any:
    standing = _standing_offer(connection, ticket.id)
    if standing is None or not receiver.is_meant(standing.to_staff_id, standing.to_department):
        raise OwnershipError(
            f"工单 {ticket.number} 现在没有转交给您。",
            f"Ticket {ticket.number} is not on offer to you now.",
        )
    if standing.expires_at <= at:
        raise OwnershipError(
            f"工单 {ticket.number} 的转交已过期：请对方重新转交。",
            f"The offer of ticket {ticket.number} has expired: ask for it again.",
        )
    return standing


def _answer(
    connection: Connection,
    offer_id: int,
    state: OfferState,
    staff_id: int | None,
    at: datetime,
    why: str = "",
) -> None:
    connection.execute(
        update(TicketOffer)
        .where(TicketOffer.id == offer_id)
        .values(state=state, answered_at=at, answered_by=staff_id, answer=why.strip())
    )
