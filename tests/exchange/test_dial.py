"""`<Dial>` of telephones: bridging, whispers, outcomes."""

import io
import wave

import pytest
from app.exchange.calls import CallUpdate
from app.exchange.phones.scripted import ScriptedPhone
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World

DESK = "+867451000201"
OTHER_DESK = "+867451000202"


def dial(inside: str, attributes: str = "") -> str:
    return f'<Dial action="/dialled" {attributes}>{inside}</Dial>'


@pytest.fixture(autouse=True)
def service(world: World) -> None:
    world.service.on("/leg", Response(status_code=204))
    world.service.on("/dialled", "<Hangup/>")


def test_two_people_talk_and_the_action_tells_for_how_long(world: World) -> None:
    number = (
        '<Number statusCallback="/leg" '
        f'statusCallbackEvent="initiated ringing answered completed">{DESK}</Number>'
    )
    world.service.on("/voice", dial(number))

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk.answers(after=4)
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        incoming = await desk.rung()
        await incoming.is_connected()
        await call.says("你好")
        await incoming.hears("你好")
        await incoming.waits(10)
        await incoming.says("再见")
        await call.hears("再见")
        await incoming.hangs_up()
        assert await call.ended() == "completed"
        await world.exchange.settle()

    world.play(story)
    ledger = world.exchange.ledger
    assert ledger.rung() == [DESK]
    assert ledger.audible_pairs() == {(CALLER, DESK), (DESK, CALLER)}
    (action,) = ledger.webhooks("/dialled")
    child = world.exchange.calls.newest_first()[0]
    assert action.get("DialCallStatus") == "completed"
    assert action.get("DialCallSid") == child.sid
    assert action.get("DialBridged") == "true"
    assert action.get("DialCallDuration") == "11"
    legs = ledger.webhooks("/leg")
    assert [leg.get("CallStatus") for leg in legs] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert [leg.get("SequenceNumber") for leg in legs] == ["0", "1", "2", "3"]
    assert {leg.get("ParentCallSid") for leg in legs} == {action.get("CallSid")}


@pytest.mark.parametrize(
    ("treat", "status"),
    [
        (ScriptedPhone.is_busy, "busy"),
        (ScriptedPhone.rejects, "busy"),
        (ScriptedPhone.ignores, "no-answer"),
        (ScriptedPhone.is_unreachable, "failed"),
    ],
)
def test_nobody_answers(world: World, treat: object, status: str) -> None:
    world.service.on("/voice", dial(DESK, 'timeout="20"'))

    async def story() -> None:
        treat(world.exchange.phone(DESK))
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.ended()

    world.play(story)
    (action,) = world.exchange.ledger.webhooks("/dialled")
    assert (action.get("DialCallStatus"), action.get("DialBridged")) == (status, "false")
    assert world.exchange.ledger.audible_pairs() == set()


def test_a_whisper_is_heard_before_anyone_is_connected(world: World) -> None:
    world.service.on("/voice", dial(f'<Number url="/whisper">{DESK}</Number>'))
    world.service.on(
        "/whisper",
        '<Gather numDigits="1" action="/accept"><Say>Press 1</Say></Gather><Hangup/>',
    )
    world.service.on("/accept", "<Say>Connecting</Say>")

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk.answers()
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        incoming = await desk.rung()
        await incoming.hears("Press 1")
        assert world.exchange.ledger.audible_pairs() == set()
        await incoming.presses("1")
        await incoming.hears("Connecting")
        await call.is_connected()
        await call.hangs_up()
        assert await incoming.ended() == "completed"

    world.play(story)
    (whisper,) = world.exchange.ledger.webhooks("/whisper")
    assert whisper.get("ParentCallSid")


def test_a_whisper_that_hangs_up_declines(world: World) -> None:
    world.service.on("/voice", dial(f'<Number url="/whisper">{DESK}</Number>'))
    world.service.on("/whisper", "<Hangup/>")

    async def story() -> None:
        world.exchange.phone(DESK).answers()
        await (await world.exchange.phone(CALLER).dial(HOTLINE)).ended()

    world.play(story)
    (action,) = world.exchange.ledger.webhooks("/dialled")
    assert (action.get("DialCallStatus"), action.get("DialBridged")) == ("no-answer", "false")


def test_of_two_phones_the_first_to_answer_is_connected(world: World) -> None:
    world.service.on("/voice", dial(f"<Number>{DESK}</Number><Number>{OTHER_DESK}</Number>"))

    async def story() -> None:
        world.exchange.phone(DESK).answers(after=9)
        quick = world.exchange.phone(OTHER_DESK)
        quick.answers(after=2)
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.is_connected()
        slow = world.exchange.phone(DESK).calls[0]
        assert await slow.ended() == "canceled"
        await (await quick.rung()).hangs_up()
        await call.ended()

    world.play(story)
    assert world.exchange.ledger.rung() == [DESK, OTHER_DESK]


def test_in_turn_the_second_rings_when_the_first_is_busy(world: World) -> None:
    nouns = f"<Number>{DESK}</Number><Number>{OTHER_DESK}</Number>"
    world.service.on("/voice", dial(nouns, 'sequential="true"'))

    async def story() -> None:
        world.exchange.phone(DESK).is_busy()
        world.exchange.phone(OTHER_DESK).answers()
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.is_connected()
        await call.hangs_up()
        await world.exchange.settle()

    world.play(story)
    (action,) = world.exchange.ledger.webhooks("/dialled")
    assert action.get("DialCallStatus") == "completed"
    assert action.get("CallStatus") == "completed"


def test_answer_on_bridge_leaves_the_caller_ringing(world: World) -> None:
    world.service.on("/voice", dial(DESK, 'answerOnBridge="true"'))

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk.answers(after=5)
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await desk.rung()
        assert call.leg.status == "ringing"
        await call.answered()
        await call.presses("*", at_once=True)
        await call.hangs_up()

    world.play(story)


def test_the_star_drops_the_other_party(world: World) -> None:
    world.service.on("/voice", dial(DESK, 'hangupOnStar="true"'))
    world.service.on("/dialled", "<Say>Goodbye</Say>")

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk.answers()
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.is_connected()
        await call.presses("*")
        assert await (await desk.rung()).ended() == "completed"
        await call.hears("Goodbye")

    world.play(story)


def test_without_action_the_next_verb_follows(world: World) -> None:
    world.service.on("/voice", f"<Dial>{DESK}</Dial><Say>Nobody is there</Say>")

    async def story() -> None:
        world.exchange.phone(DESK).is_busy()
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.hears("Nobody is there")
        await call.ended()

    world.play(story)


def test_a_dialled_party_that_rest_takes_away(world: World) -> None:
    world.service.on("/voice", dial(DESK))
    world.service.on("/elsewhere", "<Say>Elsewhere</Say>")

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk.answers()
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.is_connected()
        incoming = await desk.rung()
        change = CallUpdate(url=world.url("/elsewhere"))
        world.exchange.calls.update(incoming.leg.sid, change)
        await incoming.hears("Elsewhere")
        await call.ended()

    world.play(story)
    (action,) = world.exchange.ledger.webhooks("/dialled")
    assert action.get("DialCallStatus") == "completed"
    assert "DialCallDuration" not in dict(action.parameters)


def test_a_dial_is_recorded_side_by_side(world: World) -> None:
    world.service.on("/recording", Response(status_code=204))
    recorded = 'record="record-from-answer-dual" recordingStatusCallback="/recording"'
    world.service.on("/voice", dial(DESK, recorded))

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk.answers()
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.is_connected()
        await call.says("您好")
        await desk.calls[0].says("请讲")
        await call.hangs_up()
        await world.exchange.settle()

    world.play(story)
    (action,) = world.exchange.ledger.webhooks("/dialled")
    (report,) = world.exchange.ledger.webhooks("/recording")
    assert action.get("RecordingUrl") == report.get("RecordingUrl") != ""
    assert report.get("RecordingSource") == "DialVerb"
    assert report.get("CallSid") == action.get("CallSid")
    with wave.open(io.BytesIO(world.exchange.recordings.newest_first()[0].media)) as wav:
        assert wav.getnchannels() == 2


def test_when_the_caller_hangs_up_the_ringing_stops(world: World) -> None:
    world.service.on("/voice", dial(DESK))

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        incoming = await world.exchange.phone(DESK).rung()
        await call.hangs_up()
        assert await incoming.ended() == "canceled"
        await world.exchange.settle()

    world.play(story)
    (action,) = world.exchange.ledger.webhooks("/dialled")
    assert (action.get("DialCallStatus"), action.get("CallStatus")) == ("canceled", "completed")


@pytest.mark.parametrize(
    ("twiml", "code"),
    [
        (dial("12345"), 13223),
        (dial(DESK, 'callerId="+8613900000000"'), 13214),
        (dial(DESK, 'timeout="soon"'), 13212),
        (dial("<Number>" + "</Number><Number>".join([DESK] * 11) + "</Number>"), 13250),
    ],
)
def test_what_twilio_objects_to(world: World, twiml: str, code: int) -> None:
    world.service.on("/voice", twiml)

    async def story() -> None:
        world.exchange.phone(DESK).is_busy()
        await (await world.exchange.phone(CALLER).dial(HOTLINE)).ended()

    world.play(story)
    assert world.exchange.debugger.codes == [code]
