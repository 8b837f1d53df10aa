"""Calling back from the console: the member of the staff is rung first, then the caller."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.calls.gateway.service import OutboundGateway
from app.calls.outbound import store
from app.calls.outbound.models import OutboundState
from app.calls.outbound.queries import has_called_us, placed_lately, under_way
from app.calls.outbound.rules import NotAllowedError, allowed_from, may_be_rung
from app.calls.outbound.service import Plan, plan_call
from app.calls.outbound.store import Outgoing
from app.calls.wiring import Invitation
from app.flows.effects import NoteCallBack
from app.flows.hours import COUNTY_TIME
from app.messages.codes.queries import has_proved
from app.people.staff.models import Staff
from app.tickets.callbacks.queries import KEPT_PLACE, PURPOSE
from app.tickets.changes import Happened, Standing, lock, staff_actor, staff_of, write_event
from app.tickets.links.service import link_call
from app.tickets.models import Ticket
from app.tickets.service import transition
from app.tickets.states import UNANSWERED

STALE_AFTER = timedelta(minutes=5)  # whoever asked for the call no longer waits for it


def call_back(
    connection: Connection,
    number: str,
    staff_id: int,
    at: datetime,
    token: str,
    gateway: OutboundGateway | None = None,
) -> None:
    """Ring a member of the staff and, when they press 1, the caller of a ticket.

    `token` is 128 fresh random bits in hexadecimal. Raises UnknownTicketError, or NotAllowedError
    with a sentence that says what to do: the caller's number must have called the hotline, be an
    ordinary one of this country, and not have been rung too often (threat T1). With the `gateway`
    a cap that is reached is said at once, not when nobody rings.
    """
    ticket = lock(connection, number)
    caller = connection.execute(select(Ticket.caller).where(Ticket.id == ticket.id)).scalar_one()
    _refuse_number(connection, caller)
    _refuse_too_often(connection, ticket, at)
    phone = _telephone_of(connection, staff_id)
    if gateway is not None:
        _refuse_without_room(connection, gateway, (phone, caller), staff_actor(staff_id), at)
    plan = Plan(
        key=f"callback:{token}",
        token=token,
        purpose=PURPOSE,
        subject=number,
        actor=staff_actor(staff_id),
        number=phone,
        citizen_index=ticket.caller_index,
        due_at=at,
    )
    plan_call(connection, plan)
    write_event(connection, ticket.id, Happened(at, staff_actor(staff_id), "calling_back"))


def note_call_back(connection: Connection, effect: NoteCallBack, call: CallFacts) -> None:
    """The effect handler: who accepts to call back has acknowledged the ticket."""
    placed = store.of_call(connection, call.sid)
    if placed is None or placed.purpose not in (PURPOSE, KEPT_PLACE):
        return
    ticket = lock(connection, placed.subject)
    link_call(connection, ticket.id, call.sid, PURPOSE, call.at)
    if effect.result == "accepted":
        by_staff = staff_of(placed.actor) is not None  # a duty telephone may belong to nobody
        if by_staff and ticket.state in UNANSWERED and ticket.merged_into_id is None:
            transition(connection, ticket.number, "acknowledged", placed.actor, "", call.at)
        return
    detail = {"how": effect.result, "call": call.sid}
    write_event(
        connection, ticket.id, Happened(call.at, placed.actor, "called_back", detail=detail)
    )


class CallBacks:
    """The purpose of the calls that connect staff with callers."""

    ring_seconds = 25
    limit_seconds = 3_900
    may_wait = True

    def may_ring(self, connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        """At once or not at all: the member of the staff asked for it now."""
        return at if at - call.due_at <= STALE_AFTER else None

    def invitation(self, connection: Connection, call: Outgoing) -> Invitation:
        """What the member of the staff hears, in their own language."""
        staff_id = staff_of(call.actor)
        query = select(Staff.language).where(Staff.id == staff_id)
        language = connection.execute(query).scalar_one_or_none() or ""
        return Invitation({"call": str(call.id)}, language, "call_back")

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        """A member of the staff who was not reached finds that on the ticket."""
        if state != "answered":
            ticket = lock(connection, call.subject)
            detail = {"how": "staff_not_reached", "state": state}
            write_event(
                connection, ticket.id, Happened(at, call.actor, "called_back", detail=detail)
            )


def _refuse_number(connection: Connection, caller: str) -> None:
    if not caller.startswith("+"):
        raise NotAllowedError(
            "这个工单没有群众的电话号码，不能回拨。",
            "This ticket has no telephone number of its caller: nobody can be called back.",
        )
    if not may_be_rung(caller):
        raise NotAllowedError(
            "只能回拨国内的固定电话和手机号码。",
            "Only fixed and mobile telephones of this country can be called back.",
        )
    if not (has_called_us(connection, caller) or has_proved(connection, caller)):
        raise NotAllowedError(
            "这个号码没有打过热线，不能从这里回拨：请用办公电话联系。",
            "This number has never called the hotline: use the telephone on your desk.",
        )


def _refuse_too_often(connection: Connection, ticket: Standing, at: datetime) -> None:
    if under_way(connection, PURPOSE, ticket.number):
        raise NotAllowedError(
            "这个工单正在回拨，请先等它结束。",
            "This ticket is being called back right now: wait until that has ended.",
        )
    until = allowed_from(placed_lately(connection, ticket.caller_index, at), at)
    if until > at:
        when = until.astimezone(COUNTY_TIME).strftime("%m-%d %H:%M")
        raise NotAllowedError(
            f"同一个号码一小时只能拨一次、一天三次：请在 {when} 以后再拨。",
            f"One number can be rung once an hour, three times a day: call after {when}.",
            until,
        )


def _refuse_without_room(
    connection: Connection,
    gateway: OutboundGateway,
    numbers: Iterable[str],
    actor: str,
    at: datetime,
) -> None:
    for number in numbers:
        refusal = gateway.preview(connection, number, actor, at)
        if refusal is not None:
            raise NotAllowedError(refusal.said("zh"), refusal.said("en"), refusal.until)


def _telephone_of(connection: Connection, staff_id: int) -> str:
    query = select(Staff.phone).where(Staff.id == staff_id, Staff.active)
    phone = connection.execute(query).scalar_one_or_none()
    if not phone:
        raise NotAllowedError(
            "您的账号没有登记电话：请先在“我的账号”里填上。",
            "Your account has no telephone: enter one under “My account” first.",
        )
    return str(phone)
