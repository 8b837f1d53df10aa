"""`<Enqueue>`, `<Leave>` and `<Dial><Queue>` (contract, sections 3.8 and 3.9)."""

import pytest
from app.exchange.errors import RestError
from app.exchange.phones.scripted import ScriptedCall
from tests.exchange.conftest import CALLER, HOTLINE, World

AGENT = "+867451000201"
ENQUEUE = '<Enqueue action="/after" waitUrl="/wait">desk</Enqueue>'


@pytest.fixture(autouse=True)
def service(world: World) -> None:
    world.service.on("/wait", "<Say>You are waiting</Say><Pause length='10'/>")
    world.service.on("/after", "<Say>Goodbye</Say>")


async def calls(world: World, number: str, twiml: str) -> ScriptedCall:
    world.service.on("/voice", twiml)
    call = await world.exchange.phone(number).dial(HOTLINE)
    await call.answered()
    return call


def result(world: World) -> str:
    (after,) = world.exchange.ledger.webhooks("/after")
    return after.get("QueueResult")


def test_wait_twiml_is_repeated_with_live_figures(world: World) -> None:
    async def story() -> None:
        call = await calls(world, CALLER, ENQUEUE)
        for _ in range(3):
            await call.hears("You are waiting")
        await calls(world, "+8613800138001", ENQUEUE)
        await call.waits(1)
        await call.hangs_up()
        await world.clock.sleep(15)

    world.play(story)
    waits = world.exchange.ledger.webhooks("/wait")
    assert [wait.get("QueuePosition") for wait in waits] == ["1", "1", "1", "2", "1"]
    assert waits[2].get("QueueTime") == "22"
    assert waits[3].get("CurrentQueueSize") == "2"
    assert result(world) == "hangup"


def test_an_agent_takes_the_first_caller(world: World) -> None:
    world.service.on("/about", "<Say>You are being connected</Say>")

    async def story() -> None:
        call = await calls(world, CALLER, ENQUEUE)
        await call.hears("You are waiting")
        agent = await calls(world, AGENT, '<Dial><Queue url="/about">desk</Queue></Dial>')
        await call.hears("You are being connected")
        await agent.is_connected()
        await agent.says("您好")
        await call.hears("您好")
        await call.waits(5)
        await agent.hangs_up()
        await call.hears("Goodbye")

    world.play(story)
    assert result(world) == "bridged"
    (about,) = world.exchange.ledger.webhooks("/about")
    assert about.get("DequeingCallSid").startswith("CA")
    assert about.get("CallSid") != about.get("DequeingCallSid")


def test_leave_goes_on_after_the_enqueue(world: World) -> None:
    world.service.on("/wait", "<Leave/>")

    async def story() -> None:
        call = await calls(world, CALLER, ENQUEUE)
        await call.hears("Goodbye")

    world.play(story)
    assert result(world) == "leave"


@pytest.mark.parametrize(
    ("wait", "outcome", "heard"),
    [("<Hangup/>", "hangup", []), ("<Record/>", "error", ["Goodbye"])],
)
def test_how_wait_twiml_can_end_the_wait(
    world: World, wait: str, outcome: str, heard: list[str]
) -> None:
    world.service.on("/wait", wait)

    async def story() -> None:
        await (await calls(world, CALLER, ENQUEUE)).ended()
        await world.exchange.settle()

    world.play(story)
    assert result(world) == outcome
    assert world.exchange.ledger.heard() == heard


def test_a_full_queue(world: World) -> None:
    async def story() -> None:
        world.exchange.queues.create("desk", max_size=1)
        await calls(world, "+8613800138001", ENQUEUE)
        call = await calls(world, CALLER, ENQUEUE)
        await call.hears("Goodbye")

    world.play(story)
    assert result(world) == "queue-full"


def test_a_call_is_taken_out_by_rest(world: World) -> None:
    world.service.on("/elsewhere", "<Say>Somewhere else</Say>")

    async def story() -> None:
        queues = world.exchange.queues
        call = await calls(world, CALLER, ENQUEUE)
        await call.hears("You are waiting")
        queue = queues.named("desk")
        assert queue is not None
        with pytest.raises(RestError, match="not empty"):
            queues.delete(queue.sid)
        queues.dequeue(queue.sid, "Front", world.url("/elsewhere"))
        await call.hears("Somewhere else")
        with pytest.raises(RestError) as refusal:
            queues.dequeue(queue.sid, "Front", world.url("/elsewhere"))
        assert refusal.value.code == 20404
        await call.ended()
        queues.delete(queue.sid)
        await world.exchange.settle()

    world.play(story)
    assert result(world) == "redirected"


def test_dialling_a_queue_that_does_not_exist(world: World) -> None:
    async def story() -> None:
        await (await calls(world, AGENT, '<Dial action="/after"><Queue>x</Queue></Dial>')).ended()

    world.play(story)
    (after,) = world.exchange.ledger.webhooks("/after")
    assert after.get("DialCallStatus") == "failed"


def test_an_agent_waits_for_a_caller(world: World) -> None:
    async def story() -> None:
        world.exchange.queues.create("desk")
        agent = await calls(world, AGENT, '<Dial timeout="60"><Queue>desk</Queue></Dial>')
        await agent.waits(20)
        await calls(world, CALLER, ENQUEUE)
        await agent.is_connected()

    world.play(story)
