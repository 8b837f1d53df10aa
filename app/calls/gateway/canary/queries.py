"""Whether the line is proved: by the canary's own two legs, and by nothing we wrote ourselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from app.calls.facts import CANARY
from app.calls.gateway.models import OutboundLeg
from app.calls.models import Call, CallEvent
from app.calls.outbound.models import OutboundCall
from app.calls.writes import RECONCILED_KEY
from app.database import blind_index, said
from app.people.alerts.models import Alert

ROUND = timedelta(minutes=5)
# Looked at every minute, so that the alarm is out within ten minutes of the last proof.
SILENT_AFTER = timedelta(minutes=9, seconds=30)
OVERDUE_AFTER = timedelta(minutes=2)
ALARM = "canary.silent"
ALARMED_FOR = timedelta(hours=1)
KEPT = timedelta(days=7)
_LOOKED_AT = 20
_IS_CANARY = (OutboundCall.purpose == CANARY, OutboundCall.subject == CANARY)  # as an index has it
_CALL_IS_CANARY = said(f"calls.direction = '{CANARY}'")
_ON_THE_WAY = timedelta(minutes=3)  # from its placing until all of it must have happened


@dataclass(frozen=True, slots=True)
class Proof:
    """How the line stands: when the last canary that came through was sent, and those since then.

    `missing` are the instants at which canaries were sent that have not come through, newest first.
    """

    through_at: datetime | None
    missing: tuple[datetime, ...] = ()

    @property
    def since(self) -> datetime | None:
        """Since when the line is not proved; None while nothing is missing.

        A canary that had not been sent for long, since it was switched off, was not missed then.
        """
        if not self.missing:
            return None
        begun = self.missing[-1] - ROUND
        return begun if self.through_at is None else max(begun, self.through_at)

    def is_silent(self, at: datetime) -> bool:
        """Whether callers may not come through any more."""
        return self.since is not None and at - self.since >= SILENT_AFTER

    def wants_another(self, at: datetime) -> bool:
        """Whether the newest one is overdue: a second may tell a mishap from a dead line."""
        return bool(self.missing) and at - self.missing[0] >= OVERDUE_AFTER


def proof(connection: Connection, at: datetime) -> Proof:
    """The last canary that came through, and those sent since then."""
    recent = (
        select(OutboundCall.due_at, OutboundCall.placed_at, OutboundCall.call_sid)
        .where(*_IS_CANARY, OutboundCall.due_at <= at)
        .order_by(OutboundCall.id.desc())
        .limit(_LOOKED_AT)
    )
    missing: list[datetime] = []
    for due_at, placed_at, call_sid in connection.execute(recent).all():
        if call_sid and placed_at and _came_through(connection, call_sid, placed_at):
            return Proof(due_at, tuple(missing))
        missing.append(due_at)
    return Proof(None, tuple(missing))


def wants_care(connection: Connection, at: datetime) -> bool:
    """Whether another canary, or an alarm, is due."""
    known = proof(connection, at)
    return known.is_silent(at) or known.wants_another(at)


def is_alarmed(connection: Connection, at: datetime) -> bool:
    """Whether somebody was told within the last hour."""
    told = select(Alert.id).where(Alert.kind == ALARM, Alert.at > at - ALARMED_FOR).limit(1)
    return connection.execute(told).first() is not None


def _came_through(connection: Connection, call_sid: str, placed_at: datetime) -> bool:
    """Both legs were told of by the provider, and the menus answered the one that came in."""
    came_in = (
        select(Call.sid)
        .where(
            _CALL_IS_CANARY,
            Call.sid != call_sid,
            Call.step > 0,
            Call.started_at >= placed_at - _ON_THE_WAY / 3,
            Call.started_at <= placed_at + _ON_THE_WAY,
        )
        .order_by(Call.started_at)
        .limit(1)
    )
    inbound = connection.execute(came_in).scalar_one_or_none()
    return inbound is not None and all(_was_told_of(connection, sid) for sid in (call_sid, inbound))


def _was_told_of(connection: Connection, call_sid: str) -> bool:
    """Whether the provider's own callback said that a call is over; not what a list told us."""
    told = select(func.count()).where(
        CallEvent.call_sid == call_sid,
        CallEvent.kind == "status",
        CallEvent.key.like("status:%:completed"),
        CallEvent.key.not_like(f"{RECONCILED_KEY}%"),
    )
    return connection.execute(told).scalar_one() > 0


def any_old(connection: Connection, at: datetime) -> bool:
    """Whether there are canaries that nobody needs any more."""
    return bool(old_ones(connection, at, 1))


def old_ones(connection: Connection, at: datetime, limit: int) -> Sequence[int]:
    """Canaries that nobody needs any more, by their ids."""
    old = select(OutboundCall.id).where(*_IS_CANARY, OutboundCall.settled_at < at - KEPT)
    return connection.execute(old.order_by(OutboundCall.id).limit(limit)).scalars().all()


def old_calls(connection: Connection, at: datetime, limit: int) -> Sequence[str]:
    """Legs of canaries in the call log that nobody needs any more."""
    old = (
        select(Call.sid)
        .where(Call.started_at < at - KEPT, _CALL_IS_CANARY)
        .order_by(Call.started_at)
        .limit(limit)
    )
    return connection.execute(old).scalars().all()


def old_legs(connection: Connection, own_number: str, at: datetime, limit: int) -> Sequence[int]:
    """Legs of canaries at the gateway that nobody needs any more; all rang our own number."""
    old = select(OutboundLeg.id).where(
        OutboundLeg.number_index == blind_index(own_number),
        OutboundLeg.purpose == CANARY,
        OutboundLeg.asked_at < at - KEPT,
    )
    return connection.execute(old.order_by(OutboundLeg.id).limit(limit)).scalars().all()
