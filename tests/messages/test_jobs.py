"""Sending by jobs: every way in which the provider can fail (law L4)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from app.calls.telephony import (
    OutcomeUnknownError,
    RefusedError,
    TextOrder,
    TextSeen,
    TryAgainLaterError,
)
from app.database import Database
from app.jobs import service as jobs
from app.jobs.models import Job
from app.jobs.runner import RetryLater, Tools
from app.messages import service
from app.messages.composing import Composer
from app.messages.jobs import MessageJobs
from app.messages.models import Message, OptOut
from sqlalchemy import select
from tests.flows.folders import shipped

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CALLER = "+8613800138000"
LIBRARY = shipped()
COMPOSER = Composer(lambda: LIBRARY, "+867451012345")


class Clock:
    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant


class Network:
    """A provider that does what the test says; `taken` is its own list."""

    def __init__(self) -> None:
        self.answers: list[Exception | TextSeen] = []
        self.taken: list[TextSeen] = []
        self.orders: list[TextOrder] = []

    def send_message(self, order: TextOrder) -> TextSeen:
        self.orders.append(order)
        answer = self.answers.pop(0) if self.answers else TextSeen("SM1", order.body, "queued")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sent_messages(self, to: str, since: datetime) -> list[TextSeen]:
        return self.taken


class World:
    def __init__(self, database: Database) -> None:
        self.database, self.network, self.clock = database, Network(), Clock()
        self.tools = Tools(database, self.network, self.clock)  # type: ignore[arg-type]
        self.handlers = MessageJobs(COMPOSER, ()).handlers()

    def send(self, key: str = "k", body: str = "您好", to: str = CALLER) -> None:
        with self.database.writing() as connection:
            service.send_text(connection, to=to, body=body, key=key, at=self.clock.now())

    def work(self, seconds: float = 0) -> None:
        """Do all jobs that become due within some seconds, in order."""
        end = self.clock.instant + timedelta(seconds=seconds)
        while (due := self._next()) is not None and due <= end:
            self.clock.instant = max(self.clock.instant, due)
            with self.database.writing() as connection:
                (job,) = jobs.claim(connection, "w", self.clock.now(), 1, timedelta(seconds=10))
            try:
                self.handlers[job.kind](job.payload, self.tools)
            except RetryLater as order:
                later = self.clock.now() + timedelta(seconds=order.seconds)
                with self.database.writing() as connection:
                    jobs.retry(connection, job, later, "later")
            else:
                with self.database.writing() as connection:
                    jobs.finish(connection, job, self.clock.now())
        self.clock.instant = end

    def _next(self) -> datetime | None:
        with self.database.reading() as connection:
            waiting = select(Job.due_at).where(Job.state == "waiting").order_by(Job.due_at)
            return connection.execute(waiting).scalars().first()

    def statuses(self) -> list[str]:
        with self.database.reading() as connection:
            return list(connection.execute(select(Message.status).order_by(Message.id)).scalars())


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    return World(database)


def test_a_text_is_handed_over_signed(world: World) -> None:
    world.send()
    world.work()
    assert [order.body for order in world.network.orders] == ["【移民热线】您好"]
    assert world.statuses() == ["accepted"]


def test_a_number_that_costs_extra_is_never_texted(world: World) -> None:
    for place, to in enumerate(("+8616812345", "+8695588", "+19005551212")):
        world.send(key=f"k{place}", to=to)
    world.work()
    assert world.network.orders == []
    assert world.statuses() == ["failed"] * 3


def test_not_taken_for_certain_is_tried_again(world: World) -> None:
    world.network.answers = [TryAgainLaterError("429")] * 5
    world.send()
    world.work(60)
    assert len(world.network.orders) == 5
    assert world.statuses() == ["queued"]
    world.work(60)
    assert len(world.network.orders) == 6
    assert world.statuses() == ["accepted"]


def test_what_nobody_takes_in_a_day_is_given_up(world: World) -> None:
    world.network.answers = [TryAgainLaterError("429")] * 1_000
    world.send()
    world.work(26 * 3_600)
    assert world.statuses() == ["failed"]


@pytest.mark.parametrize("taken", [True, False])
def test_what_may_have_been_taken_is_looked_up_and_never_repeated_blindly(
    world: World, taken: bool
) -> None:
    world.network.answers = [OutcomeUnknownError("500")]
    world.send()
    world.work(10)
    assert world.statuses() == ["unknown"]
    if taken:
        world.network.taken = [
            TextSeen("SM0", "【移民热线】另一条", "delivered"),
            TextSeen("SM9", "【移民热线】您好", "delivered"),
        ]
    world.work(1_200)
    if taken:
        assert world.statuses() == ["delivered"]
        assert len(world.network.orders) == 1
    else:  # a quarter of an hour later the provider does not know it: it goes out anew, once
        assert world.statuses() == ["lost", "accepted"]
        assert len(world.network.orders) == 2


def test_a_text_lost_twice_is_left_to_people(world: World) -> None:
    world.network.answers = [OutcomeUnknownError("500")] * 9
    world.send()
    world.work(7_200)
    assert world.statuses() == ["lost", "lost"]
    assert len(world.network.orders) == 2


def test_one_message_of_the_provider_is_not_two_texts(world: World) -> None:
    world.network.answers = [OutcomeUnknownError("500")] * 2
    world.send("a")
    world.send("b")
    world.network.taken = [TextSeen("SM1", "【移民热线】您好", "delivered")]
    world.work(120)
    assert sorted(world.statuses()) == ["delivered", "unknown"]


def test_a_worker_that_died_while_sending_leaves_it_unknown(world: World) -> None:
    world.send()
    with world.database.writing() as connection:
        assert service.begin_sending(connection, 1, NOON, str)
    world.work()  # the lease ran out and another worker has the job
    assert world.statuses() == ["unknown"]
    assert world.network.orders == []


def test_reports_that_never_come_are_made_up_for(world: World) -> None:
    world.send()
    world.network.taken = [TextSeen("SM1", "【移民热线】您好", "undelivered", "30003")]
    world.work(1_000)
    assert world.statuses() == ["undelivered"]


def test_a_refusal_is_final_and_one_for_stop_is_remembered(world: World) -> None:
    world.network.answers = [
        RefusedError("bad number", code=21211),
        RefusedError("wants none", code=21610),
    ]
    for key in "abc":
        world.send(key)
        world.work()
    assert world.statuses() == ["failed", "failed"]
    with world.database.reading() as connection:
        assert connection.execute(select(OptOut.source)).scalar_one() == "provider"


def test_one_who_opted_out_meanwhile_gets_nothing(world: World) -> None:
    world.send()
    with world.database.writing() as connection:
        service.opt_out(connection, CALLER, NOON, "text")
    world.work()
    assert world.statuses() == ["failed"]
    assert world.network.orders == []


def test_a_provider_that_does_not_list_is_asked_again(world: World) -> None:
    world.network.answers = [OutcomeUnknownError("500")]
    world.send()
    world.work(10)
    listing, world.network.sent_messages = world.network.sent_messages, _away  # type: ignore
    world.work(100)
    assert world.statuses() == ["unknown"]
    world.network.sent_messages = listing  # type: ignore[method-assign]
    world.network.taken = [TextSeen("SM9", "【移民热线】您好", "sent")]
    world.work(60)
    assert world.statuses() == ["sent"]


def _away(_to: str, _since: datetime) -> list[TextSeen]:
    raise TryAgainLaterError("429")
