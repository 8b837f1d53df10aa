"""The county of a story: the real service and the exchange, on real sockets, in virtual time.

A story is an async function of a `County`. Minutes pass in milliseconds; nothing sleeps.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.calls.models import Call, CallEvent
from app.database import Base
from app.exchange.clock import VirtualClock
from app.exchange.exchange import Exchange
from app.exchange.faults import FaultPlan
from app.exchange.phones.scripted import ScriptedPhone
from app.exchange.signature import sign
from app.exchange.virtual_time import run_in_virtual_time
from app.gates import GATES
from app.main import Service, assemble, create_app
from app.mediation.models import MediationLeg, MediationSession
from app.people.audit.models import AuditEntry
from app.publishing.editions import Gates
from app.rehearsal import county as both_sides
from app.rehearsal.county import AUTH_TOKEN, Front, joined, joined_settings
from app.settings import Settings
from app.tickets.models import Ticket
from sqlalchemy import select

HOTLINE = both_sides.HOTLINE
CALLER = "+8613800138000"
OFFICERS = ("+867451000101", "+867451000102")
MEDIATORS = ("+867451000201", "+867451000202")
AGRICULTURE = "+867451000302"
MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock in the county
NIGHT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # half past two at night

FLOWS = Path(__file__).resolve().parents[2] / "ivr_flows"

Story = Callable[["County"], Awaitable[None]]


@dataclass(slots=True)
class County:
    """Everybody and everything in a story."""

    clock: VirtualClock
    exchange: Exchange
    service: Service
    base_url: str
    front: Front

    @property
    def caller(self) -> ScriptedPhone:
        """A migrant's telephone."""
        return self.exchange.phone(CALLER)

    @property
    def officer(self) -> ScriptedPhone:
        """The first duty officer's telephone."""
        return self.exchange.phone(OFFICERS[0])

    @property
    def mediator(self) -> ScriptedPhone:
        """The first mediator's telephone."""
        return self.exchange.phone(MEDIATORS[0])

    @property
    def department(self) -> ScriptedPhone:
        """The agriculture bureau's duty telephone."""
        return self.exchange.phone(AGRICULTURE)

    def rows(self, table: type[Base], **where: Any) -> list[Mapping[str, Any]]:
        """Rows of a table in the order they were written."""
        query = select(table.__table__).filter_by(**where)
        key = table.__table__.c.get("id")
        with self.service.database.reading() as connection:
            found = connection.execute(query.order_by(key)).mappings()
            return [dict(row) for row in found]

    @property
    def calls(self) -> list[Mapping[str, Any]]:
        """The call log."""
        return self.rows(Call)

    @property
    def tickets(self) -> list[Mapping[str, Any]]:
        """All tickets."""
        return self.rows(Ticket)

    @property
    def audited(self) -> list[tuple[str, str]]:
        """Who did what that is audited; not that the service took its folder into force."""
        entries = self.rows(AuditEntry)
        return [(row["actor"], row["act"]) for row in entries if row["actor"] != "system"]

    @property
    def sessions(self) -> list[Mapping[str, Any]]:
        """All mediations."""
        return self.rows(MediationSession)

    @property
    def legs(self) -> dict[str, str]:
        """The state of each mediation leg by its role (the last one of a role)."""
        return {leg["role"]: leg["state"] for leg in self.rows(MediationLeg)}

    def events(self, sid: str) -> list[Mapping[str, Any]]:
        """The events of a call."""
        return self.rows(CallEvent, call_sid=sid)

    def signed(self, path: str, **parameters: str) -> dict[str, Any]:
        """The arguments of a POST as the exchange would sign it."""
        url = f"{self.base_url}{path}"
        signature = sign(AUTH_TOKEN, url, tuple(parameters.items()))
        return {"url": url, "data": parameters, "headers": {"X-Twilio-Signature": signature}}

    @asynccontextmanager
    async def restarted(self) -> AsyncIterator[None]:
        """Another process takes over: the same database and address, an empty memory."""
        gates = self.service.flows.gates
        fresh = assemble(self.service.settings, self.clock, gates=gates)
        former, self.front.app = self.front.app, create_app(service=fresh)
        async with fresh.running():
            yield
        self.front.app = former

    async def quiet(self, seconds: float = 90) -> None:
        """Let everything come to rest: calls over, callbacks delivered, jobs done."""
        await self.clock.sleep(seconds)


def play(
    story: Story,
    database_url: str,
    folder: Path,
    *,
    start: datetime = MONDAY_MORNING,
    faults: FaultPlan | None = None,
    flows: Path = FLOWS,
    gates: Gates = GATES,
    canary: bool = False,
) -> None:
    """Play a story to its end."""
    clock = VirtualClock(start)

    async def run() -> None:
        async with _county(clock, database_url, folder, faults, flows, gates, canary) as county:
            await story(county)

    run_in_virtual_time(clock, run())


@asynccontextmanager
async def _county(
    clock: VirtualClock,
    database_url: str,
    folder: Path,
    faults: FaultPlan | None,
    flows: Path,
    gates: Gates,
    canary: bool,
) -> AsyncIterator[County]:
    async with joined(clock, database_url, folder, flows, faults, gates, canary=canary) as both:
        yield County(both.clock, both.exchange, both.service, both.base_url, both.front)


def story_settings(
    database_url: str, service_url: str, exchange_url: str, folder: Path, flows: Path = FLOWS
) -> Settings:
    """Settings of a service that is joined to the story's exchange."""
    return joined_settings(database_url, service_url, exchange_url, folder, flows)
