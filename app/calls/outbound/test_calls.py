"""A test call: rings the telephone of whoever sets the hotline up, and says that it works."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.calls.outbound.models import OutboundCall, OutboundState
from app.calls.outbound.rules import NotAllowedError
from app.calls.outbound.service import Plan, plan_call
from app.calls.outbound.store import Outgoing
from app.calls.wiring import Invitation
from app.database import blind_index
from app.people.staff.models import Staff

PURPOSE = "test_call"
ENTRY = "test_call"  # of `directory.yaml`
WANTED_FOR = timedelta(minutes=5)


class TestCalls:
    """What test calls are placed for (`app.calls.outbound.service.Purpose`)."""

    __test__ = False  # not a test of this code, whatever its name says
    ring_seconds = 30
    limit_seconds = 120
    may_wait = True

    def may_ring(self, _connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        """At once, or not any more: nobody waits for it after some minutes."""
        return at if at <= call.due_at + WANTED_FOR else None

    def invitation(self, connection: Connection, call: Outgoing) -> Invitation:
        """Whoever answers hears that the hotline works, in their own language."""
        language = connection.execute(
            select(Staff.language).where(Staff.id == int(call.subject))
        ).scalar_one()
        return Invitation({}, language, ENTRY)

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        """The page reads how it went from the call itself."""


def ask_for_test_call(
    connection: Connection, staff_id: int, actor: str, at: datetime, token: str
) -> None:
    """Ring a member of the staff. Raises NotAllowedError when no telephone of theirs is known."""
    phone = connection.execute(select(Staff.phone).where(Staff.id == staff_id)).scalar_one()
    if not phone:
        raise NotAllowedError(
            "请先在“我的账户”里填上您的电话。", "Enter your telephone under My account first."
        )
    plan = Plan(
        key=f"{PURPOSE}:{token}",
        token=token,
        purpose=PURPOSE,
        subject=str(staff_id),
        actor=actor,
        number=phone,
        citizen_index=blind_index(f"{PURPOSE}:{token}"),
        due_at=at,
    )
    plan_call(connection, plan)


def last_test_call(connection: Connection) -> tuple[OutboundState, datetime] | None:
    """How the last test call went, and when it was asked for; None when there was none."""
    row = connection.execute(
        select(OutboundCall.state, OutboundCall.due_at)
        .where(OutboundCall.purpose == PURPOSE)
        .order_by(OutboundCall.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.state, row.due_at)
