"""Faults come by the plan, and the same seed brings the same ones."""

import pytest
from app.exchange.callbacks import Subscription
from app.exchange.calls import CallOrder
from app.exchange.faults import FaultPlan, RestFault
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World

ALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def statuses(world: World, plan: FaultPlan) -> list[str]:
    """The order in which one outbound call's status callbacks arrive."""
    world.exchange.faults = plan
    world.service.on("/out", "<Pause length='30'/>")
    world.service.on("/events", Response(status_code=204))

    async def story() -> None:
        world.exchange.phone(CALLER).answers()
        progress = Subscription(world.url("/events"), events=ALL_EVENTS)
        world.exchange.calls.place(
            CallOrder(to=CALLER, from_=HOTLINE, url=world.url("/out"), progress=progress)
        )
        await world.exchange.settle()

    world.play(story)
    return [hook.get("SequenceNumber") for hook in world.exchange.ledger.webhooks("/events")]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (FaultPlan(), ["0", "1", "2", "3"]),
        (FaultPlan(drop=1.0), []),
        (FaultPlan(duplicate=1.0), ["0", "0", "1", "1", "2", "2", "3", "3"]),
        (FaultPlan(delay=1.0), ["0", "1", "2", "3"]),
    ],
)
def test_callbacks_suffer(world: World, plan: FaultPlan, expected: list[str]) -> None:
    assert statuses(world, plan) == expected


def test_reordered_callbacks_all_arrive(world: World) -> None:
    order = statuses(world, FaultPlan(seed=3, reorder=1.0, delay_seconds=60))
    assert sorted(order) == ["0", "1", "2", "3"]
    assert order != sorted(order)


def test_actions_are_sent_twice_at_once(world: World) -> None:
    world.exchange.faults = FaultPlan(duplicate_actions=1.0)
    world.service.on("/voice", "<Say>Hello</Say>")

    async def story() -> None:
        await (await world.exchange.phone(CALLER).dial(HOTLINE)).ended()

    world.play(story)
    assert len(world.exchange.ledger.webhooks("/voice")) == 2
    assert world.exchange.ledger.heard() == ["Hello"]


def test_a_seed_decides(world: World) -> None:
    def fates(seed: int) -> list[object]:
        plan = FaultPlan(seed, duplicate=0.5, reorder=0.5, drop=0.2, rest_too_many=0.3)
        return [(plan.callback_fate(), plan.rest_fault()) for _ in range(20)]

    assert fates(1) == fates(1)
    assert fates(1) != fates(2)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (FaultPlan(), None),
        (FaultPlan(rest_refuse=1.0), RestFault.REFUSE),
        (FaultPlan(rest_too_many=1.0), RestFault.TOO_MANY),
        (FaultPlan(rest_server_error=1.0), RestFault.SERVER_ERROR),
        (FaultPlan(rest_lose=1.0), RestFault.LOSE),
    ],
)
def test_rest_suffers(plan: FaultPlan, fault: RestFault | None) -> None:
    assert plan.rest_fault() == fault
