"""Say, Play, Pause, Record, Redirect, Reject, Hangup (contract, section 3)."""

import io
import wave

import pytest
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World


def hear(world: World, twiml: str) -> str:
    """One call from beginning to end; returns how it ended."""
    world.service.on("/voice", twiml)

    async def story() -> str:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        status = await call.ended(patience=10_000)
        await world.exchange.settle()
        return status

    return str(world.play(story))


def silence(seconds: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(8000)
        output.writeframes(bytes(16000 * seconds))
    return file.getvalue()


@pytest.mark.parametrize(
    ("say", "code"),
    [
        ('<Say language="cmn-CN" voice="Polly.Zhiyu-Neural">您好</Say>', None),
        ('<Say language="zh-CN" voice="Polly.Zhiyu">您好</Say>', None),
        ('<Say language="cmn-CN" voice="Google.cmn-CN-Wavenet-A">您好</Say>', None),
        ('<Say language="en-US" voice="Polly.Joanna-Neural">您好</Say>', None),
        ("<Say>您好</Say>", None),
        ('<Say voice="Polly.Zhiyu">您<break time="1s"/>好</Say>', None),
        ('<Say language="en-US" voice="Polly.Zhiyu">您好</Say>', 13511),
        ('<Say language="cmn-CN" voice="Polly.Joanna">您好</Say>', 13511),
        ('<Say language="cmn-CN" voice="Google.en-US-Wavenet-A">您好</Say>', 13511),
        ('<Say language="cmn-CN" voice="man">您好</Say>', 13511),
        ('<Say voice="Polly.Nobody">您好</Say>', 13511),
        (f"<Say>{'好' * 501}</Say>", 13521),
        (f"<Say>{'x' * 4097}</Say>", 13521),
    ],
)
def test_what_is_said_and_what_not(world: World, say: str, code: int | None) -> None:
    hear(world, say)
    assert world.exchange.debugger.codes == ([code] if code else [])
    assert len(world.exchange.ledger.heard()) == (0 if code else 1)


def test_a_language_for_speech_input_is_none_for_say(world: World) -> None:
    hear(world, '<Say language="cmn-Hans-CN">您好</Say>')
    assert world.exchange.debugger.codes == [13512]


def test_speech_takes_its_time(world: World) -> None:
    hear(world, f'<Say loop="2">{"好" * 45}</Say><Say>{"x" * 30}</Say>')
    begin = world.exchange.ledger.utterances[0].at
    starts = [(line.at - begin).total_seconds() for line in world.exchange.ledger.utterances]
    assert starts == pytest.approx([0, 10, 20])
    assert world.exchange.calls.newest_first()[0].duration == 22


def test_play_fetches_audio_and_lasts_as_long(world: World) -> None:
    world.service.on("/a.wav", Response(silence(3), media_type="audio/wav"))
    hear(world, '<Play loop="2">/a.wav</Play>')
    assert world.exchange.calls.newest_first()[0].duration == 6
    (fetch,) = world.exchange.ledger.webhooks("/a.wav")
    assert (fetch.method, fetch.kind, fetch.parameters) == ("GET", "media", ())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("x", media_type="text/plain"), 13420),
        (Response(b"RIFF nothing", media_type="audio/wav"), 13420),
        (Response(status_code=404), 11200),
    ],
)
def test_audio_that_cannot_be_played(world: World, answer: Response, code: int) -> None:
    world.service.on("/a.wav", answer)
    hear(world, "<Play>/a.wav</Play>")
    assert world.exchange.debugger.codes == [code]


@pytest.mark.parametrize(
    ("twiml", "status", "answered"),
    [
        ("<Reject/>", "no-answer", False),
        ('<Reject reason="busy"/>', "busy", False),
        ("<Pause length='4'/><Reject/>", "no-answer", False),
        ("<Hangup/>", "completed", True),
        ("<Pause length='4'/>", "completed", False),
        ("", "completed", False),
        ("<Say>x</Say><Reject/>", "completed", True),
    ],
)
def test_how_a_call_ends(world: World, twiml: str, status: str, answered: bool) -> None:
    assert hear(world, twiml) == status
    assert world.exchange.calls.newest_first()[0].answered.is_set() is answered


def test_redirect_leads_on_and_is_the_end_of_its_document(world: World) -> None:
    world.service.on("/next/page", "<Redirect>other</Redirect>")
    world.service.on("/next/other", "<Say>Arrived</Say>")
    hear(world, '<Redirect method="GET">/next/page</Redirect><Say>Unreachable</Say>')
    assert world.exchange.ledger.heard() == ["Arrived"]
    assert world.exchange.ledger.webhooks("/next/page")[0].method == "GET"


# Record


@pytest.fixture
def recorder(world: World) -> World:
    world.service.on("/done", "<Say>Thank you</Say>")
    world.service.on("/recorded", Response(status_code=204))
    return world


def record(attributes: str = "") -> str:
    return f'<Record action="/done" recordingStatusCallback="/recorded" {attributes}/>'


@pytest.mark.parametrize(
    ("attributes", "key", "digits", "duration"),
    [
        ("", "5", "5", "4"),
        ('finishOnKey="#"', "#", "#", "4"),
        ('finishOnKey="#"', "5", "", "9"),
        ('timeout="2"', "", "", "6"),
        ('maxLength="3"', "", "", "3"),
        ('timeout="0" maxLength="60"', "", "", "60"),
    ],
)
def test_what_ends_a_recording(
    recorder: World, attributes: str, key: str, digits: str, duration: str
) -> None:
    recorder.service.on("/voice", record(attributes))

    async def story() -> None:
        call = await recorder.exchange.phone(CALLER).dial(HOTLINE)
        await call.talks(4)
        if key:
            await call.presses(key)
        await call.hears("Thank you")
        await recorder.exchange.settle()

    recorder.play(story)
    (done,) = recorder.exchange.ledger.webhooks("/done")
    assert (done.get("Digits"), done.get("RecordingDuration")) == (digits, duration)
    (recorded,) = recorder.exchange.ledger.webhooks("/recorded")
    assert recorded.get("RecordingStatus") == "completed"
    assert recorded.get("RecordingSource") == "RecordVerb"
    assert recorded.get("RecordingSid") == done.get("RecordingSid")
    assert recorded.at > done.at


def test_hanging_up_ends_a_recording_and_is_reported(recorder: World) -> None:
    recorder.service.on("/voice", record())

    async def story() -> None:
        call = await recorder.exchange.phone(CALLER).dial(HOTLINE)
        await call.says("我的地被占了")
        await call.hangs_up()
        await recorder.exchange.settle()

    recorder.play(story)
    (done,) = recorder.exchange.ledger.webhooks("/done")
    assert (done.get("Digits"), done.get("CallStatus")) == ("hangup", "completed")
    assert recorder.exchange.ledger.heard() == []


def test_what_is_said_across_the_beep_is_recorded_from_there(recorder: World) -> None:
    recorder.service.on("/voice", record('timeout="2"'))

    async def story() -> None:
        call = await recorder.exchange.phone(CALLER).dial(HOTLINE)
        await call.answered()
        await call.leg.speak("一二三四五六七八九", seconds=4)
        await call.ended(patience=10_000)
        await recorder.exchange.settle()

    recorder.play(story)
    (recorded,) = recorder.exchange.ledger.webhooks("/recorded")
    assert recorded.get("RecordingStatus") == "completed"
    assert recorded.get("RecordingDuration") == "6"  # 3.5 s behind the beep, 2 s of silence


def test_a_silent_recording_is_absent(recorder: World) -> None:
    hear(recorder, record('recordingStatusCallbackEvent="in-progress completed absent"'))
    reports = recorder.exchange.ledger.webhooks("/recorded")
    assert [report.get("RecordingStatus") for report in reports] == ["in-progress", "absent"]
    assert len(recorder.exchange.ledger.webhooks("/done")) == 1


def test_the_microphone_is_what_is_recorded(recorder: World) -> None:
    recorder.service.on("/voice", record('finishOnKey="#"'))

    async def story() -> None:
        call = await recorder.exchange.phone(CALLER).dial(HOTLINE)
        await call.waits_for_prompt()
        await call.waits(2)
        await call.talks(3, audio=silence(3))
        await call.presses("#")
        await recorder.exchange.settle()

    recorder.play(story)
    (recording,) = recorder.exchange.recordings.newest_first()
    assert recording.duration == 5
    with wave.open(io.BytesIO(recording.media)) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 8000)
        # Silence before the first sound is trimmed by default.
        assert wav.getnframes() == 3 * 8000
