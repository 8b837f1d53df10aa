"""`<Gather>` to the letter of the contract, section 3.3."""

import pytest
from app.exchange.phones.scripted import ScriptedCall
from tests.exchange.conftest import CALLER, HOTLINE, World

PROMPT = '<Say language="cmn-CN">请按键或者说话，然后等待</Say>'


def gather(attributes: str, inside: str = PROMPT) -> str:
    return f'<Gather action="/got" {attributes}>{inside}</Gather><Say>Nothing came</Say>'


def play(world: World, twiml: str, *keys: str, says: str = "") -> ScriptedCall:
    """Call, hear the prompt begin, press keys or say something, and stay to the end."""
    world.service.on("/voice", twiml)
    world.service.on("/got", "<Say>Thank you</Say>")

    async def story() -> ScriptedCall:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.hears("请按键")
        for key in keys:
            await call.presses(key)
        if says:
            await call.says(says)
        await call.ended()
        return call

    return world.play(story)


@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "finished_on"),
    [
        ("", ["1", "2", "#"], "12", "#"),
        ("", ["12"], "12", ""),
        ('numDigits="1"', ["7"], "7", ""),
        ('numDigits="3"', ["123"], "123", ""),
        ('finishOnKey="*"', ["1#*"], "1#", "*"),
        ('finishOnKey="" numDigits="2"', ["#*"], "#*", ""),
        ('input="dtmf speech" timeout="3"', ["5"], "5", ""),
    ],
)
def test_keys(
    world: World, attributes: str, keys: list[str], digits: str, finished_on: str
) -> None:
    play(world, gather(attributes), *keys)
    (got,) = world.exchange.ledger.webhooks("/got")
    assert (got.get("Digits"), got.get("FinishedOnKey")) == (digits, finished_on)


def test_a_key_cuts_the_prompts_short(world: World) -> None:
    long = PROMPT + '<Pause length="60"/>' + '<Say language="cmn-CN">还有</Say>'
    call = play(world, gather('numDigits="1"', long), "1")
    assert "还有" not in call.texts()
    assert world.clock.monotonic() < 10


@pytest.mark.parametrize("keys", [[], ["#"]])
def test_no_input_falls_through(world: World, keys: list[str]) -> None:
    call = play(world, gather(""), *keys)
    assert call.texts()[-1] == "Nothing came"
    assert world.exchange.ledger.webhooks("/got") == []


@pytest.mark.parametrize("keys", [[], ["#"]])
def test_no_input_is_reported_when_asked_for(world: World, keys: list[str]) -> None:
    play(world, gather('actionOnEmptyResult="true"'), *keys)
    (got,) = world.exchange.ledger.webhooks("/got")
    assert got.get("Digits") == ""
    assert got.get("SpeechResult") == ""


def test_silence_lasts_as_long_as_the_timeout_after_the_prompts(world: World) -> None:
    play(world, gather('timeout="8"'))
    begin, end = world.exchange.ledger.utterances
    assert (end.at - begin.at).total_seconds() == pytest.approx(begin.seconds + 8, abs=0.1)


def test_speech_with_confidence_and_language(world: World) -> None:
    play(world, gather('input="speech" language="cmn-Hans-CN"'), says="占地补偿怎么算")
    (got,) = world.exchange.ledger.webhooks("/got")
    assert got.get("SpeechResult") == "占地补偿怎么算"
    assert got.get("Confidence") == "0.9"
    assert got.get("Language") == "cmn-Hans-CN"
    assert got.get("Digits") == ""


def test_confidence_may_be_absent(world: World) -> None:
    world.service.on("/voice", gather('input="speech"'))
    world.service.on("/got", "<Hangup/>")

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.says("你好", confidence=None)
        await call.ended()

    world.play(story)
    (got,) = world.exchange.ledger.webhooks("/got")
    assert "Confidence" not in dict(got.parameters)


def test_keys_are_lost_where_only_speech_is_taken(world: World) -> None:
    world.service.on("/voice", gather('input="speech" timeout="2"'))

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.waits_for_prompt()
        await call.presses("1", at_once=True)
        await call.hears("Nothing came")

    world.play(story)
    assert [deed.what for deed in world.exchange.ledger.deeds] == ["lost"]


def test_without_action_the_document_itself_is_requested(world: World) -> None:
    world.service.on("/voice", f'<Gather numDigits="1">{PROMPT}</Gather>', "<Say>Again</Say>")

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.presses("4")
        await call.hears("Again")

    world.play(story)
    assert [hook.get("Digits") for hook in world.exchange.ledger.webhooks("/voice")] == ["", "4"]


def test_a_get_action_carries_everything_in_its_query(world: World) -> None:
    play(world, gather('method="GET" numDigits="1"'), "3")
    (got,) = world.exchange.ledger.webhooks("/got")
    assert got.method == "GET"
    assert got.get("Digits") == "3"


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('input="voice"', 13326),
        ('timeout="0"', 13313),
        ('numDigits="0"', 13314),
        ('finishOnKey="##"', 13310),
        ('language="zh-CN"', 13331),
        ('actionOnEmptyResult="yes"', 13338),
        ('numdigits="1"', 12200),
    ],
)
def test_a_bad_attribute_is_noted_and_ignored(world: World, attributes: str, code: int) -> None:
    call = play(world, gather(attributes))
    assert world.exchange.debugger.codes == [code]
    assert call.texts()[-1] == "Nothing came"
