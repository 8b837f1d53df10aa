"""Calls we place: each placed at most once, whatever happens to the worker and the network."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.calls.facts import CallEnded, CallFacts
from app.calls.outbound.jobs import OutboundJobs
from app.calls.outbound.models import OutboundCall, OutboundState
from app.calls.outbound.service import Outbound, Plan, plan_call
from app.calls.outbound.store import Outgoing
from app.calls.telephony import (
    CallOrder,
    OutcomeUnknownError,
    RefusedError,
    TryAgainLaterError,
)
from app.calls.wiring import Invitation
from app.database import Database
from app.flows.effects import AnswerOutbound
from app.jobs.models import Job
from app.jobs.runner import Tools
from sqlalchemy import Connection, select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FARMER = "+8613800138000"


@dataclass
class Purpose:
    """A purpose that remembers what it was told."""

    told: list[OutboundState] = field(default_factory=list)
    wanted_at: datetime | None = NOON
    ring_seconds = 20
    limit_seconds = 60
    may_wait: bool = True

    def may_ring(self, connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        return self.wanted_at

    def invitation(self, connection: Connection, call: Outgoing) -> Invitation:
        return Invitation({"subject": call.subject}, "zh-CN", "return_visit")

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        self.told.append(state)


@dataclass
class World:
    """A database, a clock, a telephone network that does as it is told."""

    database: Database
    purpose: Purpose = field(default_factory=Purpose)
    at: datetime = NOON
    orders: list[CallOrder] = field(default_factory=list)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.outbound = Outbound({"test": self.purpose})
        self.jobs = OutboundJobs(self.outbound)

    def now(self) -> datetime:
        return self.at

    def place_call(self, order: CallOrder) -> str:
        self.orders.append(order)
        if self.failure is not None:
            raise self.failure
        return f"CA{len(self.orders)}"

    @property
    def tools(self) -> Tools:
        return Tools(self.database, self, self)  # type: ignore[arg-type]

    def write(self, act: Callable[..., Any], *args: Any) -> Any:
        with self.database.writing() as connection:
            return act(connection, *args)

    def plan(self, key: str = "one", number: str = FARMER) -> bool:
        plan = Plan(key, f"token-{key}", "test", "7", "system", number, f"index-{number}", self.at)
        return bool(self.write(plan_call, plan))

    def place(self, call_id: int = 1) -> None:
        self.jobs.place({"call": call_id}, self.tools)

    def settle(self) -> None:
        self.jobs.settle({"call": 1}, self.tools)

    def ended(self, status: str, sid: str = "CA1", leg: str = "token-one") -> None:
        self.write(self.outbound.call_ended, CallEnded(sid, status, self.at, leg))

    def invited(self, sid: str = "CA1") -> Invitation | None:
        found: Invitation | None = self.write(self.outbound.invitation, "token-one", sid, self.at)
        return found

    def state(self, call_id: int = 1) -> str:
        with self.database.reading() as connection:
            query = select(OutboundCall.state).where(OutboundCall.id == call_id)
            return connection.execute(query).scalar_one()

    def due(self, kind: str) -> list[datetime]:
        with self.database.reading() as connection:
            query = select(Job.due_at).where(Job.kind == kind).order_by(Job.id)
            return list(connection.execute(query).scalars())


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_call_is_placed_and_its_purpose_told_once(world: World) -> None:
    assert world.plan()
    assert not world.plan()
    world.place()
    assert [order.to for order in world.orders] == [FARMER]
    assert world.invited() == Invitation({"subject": "7"}, "zh-CN", "return_visit")
    world.ended("completed")
    world.ended("completed")
    assert world.due("outbound.settle") == [NOON + timedelta(seconds=30)]
    world.settle()
    world.settle()
    assert world.purpose.told == ["answered"]


@pytest.mark.parametrize(
    ("status", "state"), [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed")]
)
def test_a_call_that_reaches_nobody(world: World, status: str, state: str) -> None:
    world.plan()
    world.place()
    world.ended(status)
    world.settle()
    assert world.purpose.told == [state]


def test_a_call_whose_first_webhook_never_came_reached_nobody(world: World) -> None:
    world.plan()
    world.place()
    world.ended("completed")
    assert world.state() == "failed"


def test_the_news_of_its_end_may_overtake_the_placing(world: World) -> None:
    world.plan()
    world.write(world.outbound.begin_dialling, 1, NOON)
    world.ended("busy")
    world.write(world.outbound.placed, 1, "CA1", world.at)
    world.settle()
    assert world.purpose.told == ["busy"]


@pytest.mark.parametrize("answer", ["machine", "somebody_else"])
def test_whoever_answered_instead_is_told_of(world: World, answer: Any) -> None:
    world.plan()
    world.place()
    world.invited()
    call = CallFacts("CA1", FARMER, "zh-CN", NOON)
    world.write(world.outbound.answer, AnswerOutbound(answer), call)
    world.ended("completed")
    world.settle()
    assert world.purpose.told == [answer]


def test_a_token_belongs_to_one_call(world: World) -> None:
    world.plan()
    world.place()
    assert world.invited("CA1") is not None
    assert world.invited("CA1") is not None  # the same webhook again
    assert world.invited("CA2") is None
    world.ended("busy", sid="CA2")
    assert world.state() == "answered"


def test_a_token_is_worth_nothing_once_it_is_over(world: World) -> None:
    world.plan()
    world.place()
    world.ended("busy")
    world.settle()
    assert world.invited() is None
    assert world.state() == "busy"


def test_a_worker_that_died_while_asking_leaves_it_unknown(world: World) -> None:
    """It rings or not; it is never rung again, and after a while its purpose goes on."""
    world.plan()
    world.write(world.outbound.begin_dialling, 1, NOON)
    world.place()
    world.place()
    assert world.orders == []
    assert world.state() == "unknown"
    assert world.due("outbound.settle") == [NOON + timedelta(minutes=15)]
    world.settle()
    assert world.purpose.told == ["unknown"]


def test_an_unknown_call_that_rings_after_all_is_heard_of(world: World) -> None:
    world.failure = OutcomeUnknownError("no answer")
    world.plan()
    world.place()
    assert world.state() == "unknown"
    assert world.invited() is not None
    world.ended("completed")
    world.settle()
    assert world.purpose.told == ["answered"]
    assert len(world.orders) == 1


def test_a_network_that_asks_for_patience_is_asked_again_for_ever(world: World) -> None:
    world.failure = TryAgainLaterError("429")
    world.plan()
    for _ in range(20):
        world.place()
        assert world.state() == "planned"
        world.at += timedelta(seconds=30)
    assert len(world.due("outbound.place")) == 21
    world.failure, world.purpose.wanted_at = None, world.at
    world.place()
    assert world.state() == "dialing"


def test_what_may_not_wait_is_cancelled_and_told_at_once(world: World) -> None:
    world.purpose.may_wait = False
    world.plan()
    world.failure = TryAgainLaterError("429")
    world.place()
    assert (world.state(), world.purpose.told) == ("cancelled", ["cancelled"])
    world.place()
    assert len(world.orders) == 1
    assert world.plan("two")
    world.write(world.outbound.begin_dialling, 2, world.at)
    world.write(world.outbound.postpone, 2, world.at + timedelta(hours=1), world.at)
    assert (world.state(2), world.purpose.told) == ("cancelled", ["cancelled"] * 2)


def test_a_refused_number_is_not_asked_for_again(world: World) -> None:
    world.failure = RefusedError("bad number", 21211)
    world.plan()
    world.place()
    world.place()
    world.settle()
    assert (len(world.orders), world.purpose.told) == (1, ["failed"])


def test_what_is_no_longer_wanted_is_cancelled(world: World) -> None:
    world.purpose.wanted_at = None
    world.plan()
    world.place()
    assert (world.orders, world.purpose.told) == ([], ["cancelled"])


def test_what_may_not_ring_yet_waits(world: World) -> None:
    later = NOON + timedelta(hours=9)
    world.purpose.wanted_at = later
    world.plan()
    world.place()
    assert world.orders == []
    assert world.due("outbound.place") == [NOON, later]


def test_one_citizen_is_rung_once_an_hour(world: World) -> None:
    for key in ("one", "two"):
        world.plan(key)
    world.plan("three", "+8613800138001")
    for call_id in (1, 2, 3):
        world.place(call_id)
    assert [order.leg for order in world.orders] == ["token-one", "token-three"]
    assert world.due("outbound.place")[-1] == NOON + timedelta(hours=1)


def test_a_call_whose_job_is_lost_is_remembered(world: World) -> None:
    world.plan()
    with world.database.writing() as connection:
        connection.execute(Job.__table__.delete())  # type: ignore[attr-defined]
    world.at += timedelta(minutes=6)
    world.jobs.remember({}, world.tools)
    assert world.due("outbound.place") == [world.at]
    world.jobs.remember({}, world.tools)
    world.place()
    assert len(world.orders) == 1


def test_a_call_whose_end_is_never_told_is_unknown(world: World) -> None:
    world.plan()
    world.place()
    world.jobs.remember({}, world.tools)
    assert world.purpose.told == []
    world.at += timedelta(hours=3)
    world.jobs.remember({}, world.tools)
    world.jobs.remember({}, world.tools)
    assert world.purpose.told == ["unknown"]
