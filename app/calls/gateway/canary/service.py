"""The canary's call (fault F21): from another number of the account to our own, every five minutes.

It goes the whole way: the REST API, the network, the number's Voice URL with the menus in force,
the signed webhooks, the database, the callbacks of both legs. It is silent, and over in seconds.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.calls.facts import CANARY
from app.calls.outbound.models import OutboundState
from app.calls.outbound.service import Plan, plan_call
from app.calls.outbound.store import Outgoing
from app.calls.wiring import Invitation
from app.database import blind_index

WANTED_FOR = timedelta(minutes=4)  # the next one is not far


class Canaries:
    """What the canary's calls are placed for (`app.calls.outbound.service.Purpose`)."""

    ring_seconds = 20
    limit_seconds = 60
    may_wait = False

    def may_ring(self, _connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        """Now, or never: a late one proves nothing."""
        return at if at <= call.due_at + WANTED_FOR else None

    def invitation(self, _connection: Connection, _call: Outgoing) -> Invitation:
        """It speaks no flow: being bound to its call is all it wants."""
        return Invitation({}, "")

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        """Whether it came through, its legs tell (`queries.proof`)."""


def send_canary(connection: Connection, own_number: str, token: str, at: datetime) -> None:
    """Ask for one call; `token` is 128 fresh random bits in hexadecimal."""
    plan = Plan(
        key=f"{CANARY}:{token}",
        token=token,
        purpose=CANARY,
        subject=CANARY,
        actor="system",
        number=own_number,
        citizen_index=blind_index(f"{CANARY}:{token}"),
        due_at=at,
    )
    plan_call(connection, plan)
