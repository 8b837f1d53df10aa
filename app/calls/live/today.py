"""How today goes: calls, how many were answered by a person and how fast, how many were missed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from app.calls.facts import ACCEPTED
from app.calls.models import Call, CallEvent
from app.calls.outcomes.queries import outcomes_counted
from app.calls.outcomes.rules import MISSED
from app.calls.transcripts.events import told_in
from app.flows.hours import COUNTY_TIME
from app.people.roster.models import DutyShift
from app.people.staff.models import Staff
from app.tickets.models import Ticket

Happened = tuple[str, datetime, Mapping[str, object]]  # kind, instant, detail


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


def answered_after(rung_at: datetime, events: Iterable[Happened]) -> float | None:
    """Seconds from the first ringing until a person took the call; None when nobody did.

    `events` are in their order. A person says so by pressing 1; where
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
    """When somebody was first rung for each call of the day."""
    # `coalesce` keeps the query on the index of instants: all legs there ever were are too many.
    is_leg = func.coalesce(Call.parent_sid, "") > ""
    query = (
        select(Call.parent_sid, Call.started_at)
        .where(Call.started_at >= midnight, is_leg)
        .order_by(Call.started_at.desc())
    )
    return {str(row.parent_sid): row.started_at for row in connection.execute(query)}


def _speeds(connection: Connection, rung: Mapping[str, datetime]) -> list[float]:
    """The waiting times of those who reached a person."""
    # By the prefix of the key an index finds these alone, without the answers of all other steps.
    accepted = and_(CallEvent.key >= f"{ACCEPTED}:", CallEvent.key < f"{ACCEPTED};")
    found = _happened(connection, rung, accepted)
    rest = [sid for sid in rung if sid not in found]
    found |= _happened(connection, rest, CallEvent.detail.like('{"given":"dialended"%'))
    speeds = (answered_after(rung[sid], happened) for sid, happened in found.items())
    return [speed for speed in speeds if speed is not None]


def _happened(
    connection: Connection, sids: Collection[str], which: ColumnElement[bool]
) -> dict[str, list[Happened]]:
    query = (
        select(CallEvent.call_sid, CallEvent.kind, CallEvent.at, CallEvent.detail)
        .where(CallEvent.call_sid.in_(sids), which)
        .order_by(CallEvent.call_sid, CallEvent.at)
    )
    events: dict[str, list[Happened]] = {}
    for row in connection.execute(query):
        events.setdefault(row.call_sid, []).append((row.kind, row.at, told_in(row.detail)))
    return events


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
