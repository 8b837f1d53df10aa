"""How today goes: calls, how many were answered by a person and how fast, how many were missed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from app.calls.facts import ACCEPTED
from app.calls.models import Call, CallEvent
from app.calls.outcomes.queries import outcomes_counted
from app.calls.outcomes.rules import MISSED
from app.calls.transcripts.events import told_in
from app.flows.hours import COUNTY_TIME
from app.people.roster.models import DutyShift
from app.people.staff.models import Staff
from app.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Today:
    """The numbers of a day so far.

    `asked` calls rang somebody, `answered` of them reached a person, after `speed` seconds on
    average (None: none yet). `missed` calls ended without an outcome.
    """

    calls: int
    asked: int
    answered: int
    speed: float | None
    missed: int
    tickets: int
    on_duty: int


def today(connection: Connection, at: datetime) -> Today:
    """The numbers from the county's midnight to an instant."""
    midnight = day_begins(at)
    outcomes = outcomes_counted(connection, midnight, at + timedelta(seconds=1))
    rung = _rung_since(connection, midnight)
    speeds = _speeds(connection, rung)
    return Today(
        calls=sum(outcomes.values()),
        asked=len(rung),
        answered=len(speeds),
        speed=sum(speeds) / len(speeds) if speeds else None,
        missed=sum(outcomes.get(outcome, 0) for outcome in MISSED),
        tickets=_tickets_since(connection, midnight),
        on_duty=_on_duty(connection, at),
    )


def day_begins(at: datetime) -> datetime:
    """The county's last midnight."""
    return at.astimezone(COUNTY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)


def answered_after(
    rung_at: datetime, events: Iterable[tuple[str, datetime, Mapping[str, object]]]
) -> float | None:
    """Seconds from the first ringing until a person took the call; None when nobody did.

    `events` are kind, instant and detail, in their order. A person says so by pressing 1; where
    that left no trace, the end of the conversation and its length tell it.
    """
    for kind, at, told in events:
        if kind == ACCEPTED:
            return max(0.0, (at - rung_at).total_seconds())
        if told.get("given") == "dialended" and told.get("bridged"):
            talked = told.get("seconds")
            spoken = talked if isinstance(talked, int | float) else 0
            return max(0.0, (at - rung_at).total_seconds() - spoken)
    return None


def _rung_since(connection: Connection, midnight: datetime) -> dict[str, datetime]:
    """When somebody was first rung for each inbound call of the day."""
    query = (
        select(Call.parent_sid, func.min(Call.id))
        .where(Call.started_at >= midnight, Call.parent_sid.is_not(None))
        .group_by(Call.parent_sid)
        .subquery()
    )
    first = select(Call.parent_sid, Call.started_at).where(Call.id.in_(select(query.c[1])))
    return {sid: at for sid, at in connection.execute(first).all() if sid}


def _speeds(connection: Connection, rung: Mapping[str, datetime]) -> list[float]:
    """The waiting times of those who reached a person."""
    ends = or_(CallEvent.kind == ACCEPTED, CallEvent.detail.like('{"given":"dialended"%'))
    query = (
        select(CallEvent.call_sid, CallEvent.kind, CallEvent.at, CallEvent.detail)
        .where(CallEvent.call_sid.in_(rung), ends)
        .order_by(CallEvent.id)
    )
    events: dict[str, list[tuple[str, datetime, Mapping[str, object]]]] = {}
    for row in connection.execute(query):
        events.setdefault(row.call_sid, []).append((row.kind, row.at, told_in(row.detail)))
    speeds = (answered_after(rung[sid], happened) for sid, happened in events.items())
    return [speed for speed in speeds if speed is not None]


def _tickets_since(connection: Connection, midnight: datetime) -> int:
    query = select(func.count()).where(Ticket.opened_at >= midnight)
    return connection.execute(query).scalar_one()


def _on_duty(connection: Connection, at: datetime) -> int:
    query = (
        select(func.count(DutyShift.staff_id.distinct()))
        .join(Staff, Staff.id == DutyShift.staff_id)
        .where(
            DutyShift.starts_at <= at,
            DutyShift.ends_at > at,
            DutyShift.cancelled_at.is_(None),
            Staff.active,
        )
    )
    return connection.execute(query).scalar_one()
