"""What has to be compared with the provider's lists; each a read that an index bounds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from app.calls.facts import CallOrigin
from app.calls.gateway.models import OutboundLeg
from app.calls.gateway.store import IS_UNSETTLED
from app.calls.models import Call
from app.jobs.models import Job, is_done

QUIET = timedelta(minutes=2)  # news may still be on their way
LONGEST_AGO = timedelta(hours=24)  # no call lasts longer, and no outage is made up for
PARENT_OVER = timedelta(minutes=15)  # after which a number of its `<Dial>` did not ring
MOST = 200
IN_ONE_QUERY = 400


@dataclass(frozen=True, slots=True)
class Lost:
    """A leg of which nobody knows whether it rings."""

    key: str
    number: str
    asked_at: datetime


def open_calls(connection: Connection, at: datetime, limit: int = MOST) -> Sequence[str]:
    """The calls that have not ended as far as we know, the longest first."""
    query = (
        select(Call.sid)
        .where(Call.ended_at.is_(None), Call.started_at < at - QUIET)
        .where(Call.started_at > at - LONGEST_AGO)
        .order_by(Call.started_at)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def silent_calls(connection: Connection, at: datetime, limit: int = MOST) -> Sequence[str]:
    """Calls that the network took, and of which it never told anything."""
    query = (
        select(OutboundLeg.call_sid)
        .join(Call, Call.sid == OutboundLeg.call_sid, isouter=True)
        .where(IS_UNSETTLED, OutboundLeg.asked_at < at - QUIET)
        .where(OutboundLeg.call_sid.is_not(None), Call.id.is_(None))
        .limit(limit)
    )
    return [sid for sid in connection.execute(query).scalars() if sid is not None]


def lost_legs(connection: Connection, at: datetime, limit: int = MOST) -> Sequence[Lost]:
    """Legs placed by REST whose fate is unknown, also because a worker died; the oldest first."""
    query = (
        select(OutboundLeg.key, OutboundLeg.number, OutboundLeg.asked_at)
        .where(
            IS_UNSETTLED,
            OutboundLeg.way == "rest",
            OutboundLeg.call_sid.is_(None),
            OutboundLeg.asked_at < at - QUIET,
        )
        .order_by(OutboundLeg.asked_at)
        .limit(limit)
    )
    return [Lost(*row) for row in connection.execute(query)]


def never_rung(connection: Connection, at: datetime, limit: int = MOST) -> Sequence[str]:
    """Numbers of a `<Dial>` that were not reached before its call was over, by their keys."""
    query = (
        select(OutboundLeg.key)
        .join(Call, Call.sid == OutboundLeg.parent_sid, isouter=True)
        .where(
            IS_UNSETTLED,
            OutboundLeg.way == "dial",
            OutboundLeg.asked_at < at - PARENT_OVER,
            or_(Call.id.is_(None), Call.ended_at < at - PARENT_OVER),
        )
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def anything_open(connection: Connection, at: datetime) -> bool:
    """Whether there is something to compare."""
    looks = (open_calls, silent_calls, lost_legs, never_rung)
    return any(look(connection, at, limit=1) for look in looks)


def unknown_among(connection: Connection, sids: Collection[str]) -> set[str]:
    """Those calls of which nothing is known here."""
    unknown, ordered = set(sids), sorted(sids)
    for start in range(0, len(ordered), IN_ONE_QUERY):
        some = ordered[start : start + IN_ONE_QUERY]
        unknown -= set(connection.execute(select(Call.sid).where(Call.sid.in_(some))).scalars())
        ours = select(OutboundLeg.call_sid).where(OutboundLeg.call_sid.in_(some))
        unknown -= {sid for sid in connection.execute(ours).scalars() if sid}
    return unknown


def leg_of_call(connection: Connection, call_sid: str) -> str:
    """The one-time token of a call we placed, or empty."""
    query = select(OutboundLeg.key).where(
        OutboundLeg.call_sid == call_sid, OutboundLeg.way == "rest"
    )
    return connection.execute(query).scalar_one_or_none() or ""


def origin_of(connection: Connection, call_sid: str) -> CallOrigin | None:
    """Whose call it is, as its first webhook said; None when there was none."""
    columns = (Call.sid, Call.caller, Call.called, Call.direction, Call.parent_sid)
    row = connection.execute(select(*columns).where(Call.sid == call_sid)).one_or_none()
    return None if row is None else CallOrigin(*row[:4], row.parent_sid or "")


def last_looked(connection: Connection, kind: str) -> datetime | None:
    """When a recurring job was last done."""
    query = select(Job.finished_at).where(is_done(), Job.kind == kind)
    return connection.execute(query.order_by(Job.finished_at.desc()).limit(1)).scalar_one_or_none()
