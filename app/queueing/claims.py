"""Who takes a caller: one verb for the console, the key on a telephone and a softphone.

A claim is one statement on the caller's row, so of two at once exactly one has them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, and_, or_, select, update

from app.calls.facts import CallOrigin
from app.database import blind_index
from app.jobs.service import enqueue
from app.people.presence.address import is_client, staff_of
from app.people.presence.queries import presence_of
from app.people.staff.models import Staff
from app.queueing import queries, store
from app.queueing.crew import LONGEST_TALK, occupied
from app.queueing.errors import BusyError, GoneError, NoTelephoneError, TakenError
from app.queueing.models import QueuedCaller
from app.queueing.store import IS_OPEN, Waiting
from app.tickets.errors import OwnershipError
from app.tickets.handover.service import claim as claim_ticket
from app.tickets.links.service import link_call

log = structlog.get_logger()

BRING = "queue.bring"  # the job that interrupts a waiting call
# Within this the claimant's telephone must be rung and answered, or the caller is offered again.
CLAIM_STANDS = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who takes a caller: where they are reached (a number, or `client:…`), and whom it is."""

    address: str
    staff_id: int | None = None


def claimant_of(connection: Connection, staff_id: int, at: datetime) -> Claimant:
    """A member of the staff as a claimant: in their browser, or at their telephone.

    Raises NoTelephoneError.
    """
    present = presence_of(connection, staff_id)
    if present is not None and present.is_here(at):
        return Claimant(present.address, staff_id)
    query = select(Staff.phone).where(Staff.id == staff_id, Staff.active)
    phone = connection.execute(query).scalar_one_or_none()
    if not phone:
        raise NoTelephoneError
    return Claimant(phone, staff_id)


def claim(connection: Connection, call_sid: str, claimant: Claimant, at: datetime) -> Waiting:
    """Take a waiting caller for `CLAIM_STANDS`; repeated by the same claimant it stands longer.

    Of two at once exactly one has them. Raises TakenError when somebody else has, GoneError when
    the caller waits no more.
    """
    index = blind_index(claimant.address)
    free = or_(
        QueuedCaller.claimed_index.in_(("", index)),
        QueuedCaller.claim_until.is_(None),
        QueuedCaller.claim_until <= at,
    )
    taken = connection.execute(
        update(QueuedCaller)
        .where(
            IS_OPEN,
            QueuedCaller.call_sid == call_sid,
            QueuedCaller.state.in_(("waiting", "ringing")),
            free,
        )
        .values(
            claimed_by=claimant.address,
            claimed_index=index,
            claimed_at=at,
            claim_until=at + CLAIM_STANDS,
        )
    )
    caller = store.of_call(connection, call_sid)
    if caller is None:
        raise GoneError
    if taken.rowcount != 1:
        raise TakenError
    return caller


def take(connection: Connection, call_sid: str, claimant: Claimant, at: datetime) -> None:
    """Take a caller from the list: their call is interrupted and rings the claimant.

    Raises TakenError, GoneError, or BusyError when the claimant's telephone is busy with us.
    """
    caller = claim(connection, call_sid, claimant, at)
    if blind_index(claimant.address) in occupied(connection, {blind_index(claimant.address)}, at):
        raise BusyError
    log.info("queue.taken", call=call_sid, staff=claimant.staff_id)
    key = f"{BRING}:{caller.id}:{at.isoformat()}"
    enqueue(connection, BRING, key, {"call": call_sid, "caller": caller.id}, at)


def accept(connection: Connection, origin: CallOrigin, at: datetime) -> bool:
    """Somebody who was rung pressed 1; `origin` is of their leg. False: another has the caller.

    Whoever accepts the caller of a ticket takes the ticket too, if nobody owns it yet.
    """
    caller = store.of_call(connection, origin.parent_sid)
    if caller is None:
        return True  # rung for something else: an emergency, a call back
    index = blind_index(origin.caller)
    if caller.state == "talking":
        return caller.claimed_index == index
    try:
        claim(connection, origin.parent_sid, Claimant(origin.caller), at)
    except (TakenError, GoneError):
        log.info("queue.accepted_too_late", call=origin.parent_sid, leg=origin.sid)
        return False
    staff_id = _who_answered(connection, origin.caller)
    store.change(
        connection,
        caller.id,
        state="talking",
        answered_at=at,
        answered_by=staff_id,
        seen_at=at,
        claim_until=at + LONGEST_TALK,
    )
    store.extend_ring(connection, caller.id, index, at + LONGEST_TALK)
    _take_ticket(connection, caller, staff_id, at)
    return True


def _who_answered(connection: Connection, address: str) -> int | None:
    is_theirs = Staff.phone_index == blind_index(address)
    if is_client(address):
        is_theirs = Staff.id == (staff_of(address) or 0)
    query = select(Staff.id).where(and_(is_theirs, Staff.active)).limit(1)
    return connection.execute(query).scalar_one_or_none()


def _take_ticket(
    connection: Connection, caller: Waiting, staff_id: int | None, at: datetime
) -> None:
    index = caller.caller_index if caller.caller.startswith("+") else ""
    ticket_id, number = queries.open_ticket_of(connection, caller.call_sid, index)
    if not number:
        return
    link_call(connection, ticket_id, caller.call_sid, "person", at)
    if staff_id is None:
        return
    try:
        claim_ticket(connection, number, staff_id, at)
    except OwnershipError:
        log.info("queue.ticket_has_an_owner", call=caller.call_sid)
