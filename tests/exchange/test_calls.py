"""What REST can do with calls: place, redirect, end, record (contract, section 4.1)."""

from itertools import pairwise
from typing import Any

import pytest
from app.exchange.call_recording import CallRecording
from app.exchange.callbacks import Subscription
from app.exchange.calls import CallOrder, CallUpdate
from app.exchange.errors import RestError
from app.exchange.ringing import MachineDetection
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World

ALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


@pytest.fixture(autouse=True)
def service(world: World) -> None:
    world.service.on("/out", "<Say>Hello</Say><Pause length='30'/>")
    world.service.on("/events", Response(status_code=204))
    world.service.on("/amd", Response(status_code=204))


def order(world: World, **options: Any) -> CallOrder:
    settings = {"url": world.url("/out"), **options}
    progress = Subscription(world.url("/events"), "POST", ALL_EVENTS)
    return CallOrder(to=CALLER, from_=HOTLINE, progress=progress, **settings)


def test_a_placed_call_rings_and_plays(world: World) -> None:
    async def story() -> None:
        phone = world.exchange.phone(CALLER)
        phone.answers(after=4)
        leg = world.exchange.calls.place(order(world))
        assert leg.status == "queued"
        call = await phone.rung()
        assert leg.status == "ringing"
        await call.hears("Hello")
        await call.hangs_up()
        await world.exchange.settle()

    world.play(story)
    events = world.exchange.ledger.webhooks("/events")
    assert [(event.get("CallStatus"), event.get("SequenceNumber")) for event in events] == [
        ("initiated", "0"),
        ("ringing", "1"),
        ("in-progress", "2"),
        ("completed", "3"),
    ]
    (out,) = world.exchange.ledger.webhooks("/out")
    assert (out.get("Direction"), out.get("CallStatus")) == ("outbound-api", "in-progress")


@pytest.mark.parametrize(
    ("mode", "greeting", "answered_by"),
    [
        ("Enable", "", "human"),
        ("Enable", "请留言", "machine_start"),
        ("DetectMessageEnd", "请留言", "machine_end_beep"),
        ("DetectMessageEnd", "留言" * 100, "unknown"),
    ],
)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_machine_detection(
    world: World, mode: str, greeting: str, answered_by: str, asynchronous: bool
) -> None:
    async def story() -> None:
        phone = world.exchange.phone(CALLER)
        if greeting:
            phone.is_machine(greeting)
        else:
            phone.answers()
        detection = MachineDetection(
            mode, asynchronous=asynchronous, callback=Subscription(world.url("/amd"))
        )
        world.exchange.calls.place(order(world, machine_detection=detection))
        await world.exchange.settle()

    world.play(story)
    (out,) = world.exchange.ledger.webhooks("/out")
    told = world.exchange.ledger.webhooks("/amd")
    if asynchronous:
        assert [hook.get("AnsweredBy") for hook in told] == [answered_by]
        assert out.get("AnsweredBy") == ""
    else:
        assert out.get("AnsweredBy") == answered_by
        assert told == []


def test_calls_are_started_one_per_second(world: World) -> None:
    async def story() -> None:
        legs = [world.exchange.calls.place(order(world)) for _ in range(3)]
        assert [leg.queue_milliseconds for leg in legs] == [0, 1000, 2000]
        await world.clock.sleep(10)

    world.play(story)
    times = [ring.at for ring in world.exchange.ledger.rings]
    gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(times)]
    assert gaps == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": ""}, 21201),
        ({"to": "13800138000"}, 21211),
        ({"from_": "hotline"}, 21212),
        ({"from_": CALLER}, 21210),
        ({"url": ""}, 21205),
        ({"url": "/relative"}, 21205),
        ({"url": "", "twiml": "<Response/>" + " " * 4000}, 32018),
        ({"url": "", "application_sid": "AP0"}, 20404),
    ],
)
def test_refused_orders(world: World, options: dict[str, str], code: int) -> None:
    settings = {"to": CALLER, "from_": HOTLINE, "url": world.url("/out"), **options}
    with pytest.raises(RestError) as refusal:
        world.exchange.calls.place(CallOrder(**settings))
    assert refusal.value.code == code
    assert world.exchange.calls.newest_first() == []


def test_a_live_call_is_redirected_and_ended(world: World) -> None:
    world.service.on("/voice", "<Pause length='60'/><Say>Never said</Say>")

    async def story() -> None:
        calls = world.exchange.calls
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        with pytest.raises(RestError) as too_early:
            calls.update(call.leg.sid, CallUpdate(twiml="<Response/>"))
        assert too_early.value.code == 21220
        call.leg.pick_up()
        calls.update(call.leg.sid, CallUpdate(url=world.url("/out")))
        await call.hears("Hello")
        calls.update(
            call.leg.sid,
            CallUpdate(twiml="<Response><Say>Inline</Say><Pause length='9'/></Response>"),
        )
        await call.hears("Inline")
        with pytest.raises(RestError):
            calls.update(call.leg.sid, CallUpdate(status="canceled"))
        calls.update(call.leg.sid, CallUpdate(status="completed"))
        assert call.leg.status == "completed"
        with pytest.raises(RestError) as too_late:
            calls.update(call.leg.sid, CallUpdate(status="completed"))
        assert too_late.value.code == 21220

    world.play(story)
    assert "Never said" not in world.exchange.ledger.heard()


def test_a_ringing_call_is_canceled(world: World) -> None:
    async def story() -> None:
        leg = world.exchange.calls.place(order(world))
        await world.exchange.phone(CALLER).rung()
        world.exchange.calls.update(leg.sid, CallUpdate(status="canceled"))
        await world.exchange.settle()
        assert leg.status == "canceled"

    world.play(story)


def test_inline_twiml_has_no_url_to_be_relative_to(world: World) -> None:
    async def story() -> None:
        world.exchange.phone(CALLER).answers()
        twiml = '<Response><Record action="/done"/></Response>'
        world.exchange.calls.place(order(world, url="", twiml=twiml))
        await world.exchange.settle()

    world.play(story)
    assert world.exchange.debugger.codes == [11100]
    assert [error.code for error in world.exchange.ledger.application_errors] == [11100]


def test_a_call_is_limited_in_length(world: World) -> None:
    async def story() -> None:
        world.exchange.phone(CALLER).answers()
        leg = world.exchange.calls.place(order(world, time_limit=12))
        await world.exchange.settle()
        assert (leg.status, leg.duration) == ("completed", 12)

    world.play(story)


def test_both_sides_are_recorded(world: World) -> None:
    async def story() -> None:
        phone = world.exchange.phone(CALLER)
        phone.answers()
        world.exchange.calls.place(order(world, recording=CallRecording(channels=2)))
        call = await phone.rung()
        await call.hears("Hello")
        await call.leg.speak("你好")
        await call.hangs_up()
        await world.exchange.settle()

    world.play(story)
    (recording,) = world.exchange.recordings.newest_first()
    assert (recording.source, recording.status, recording.channels) == (
        "OutboundAPI",
        "completed",
        2,
    )
    final = world.exchange.ledger.webhooks("/events")[-1]
    assert final.get("RecordingSid") == recording.sid


def test_a_call_that_is_not_in_progress_cannot_be_recorded(world: World) -> None:
    async def story() -> None:
        leg = world.exchange.calls.place(order(world))
        with pytest.raises(RestError) as refusal:
            CallRecording().attach(world.exchange, leg, "StartCallRecordingAPI")
        assert refusal.value.code == 21220

    world.play(story)
