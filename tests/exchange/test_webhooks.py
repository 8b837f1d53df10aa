"""How TwiML is fetched, and what happens when it cannot be (contract, sections 2 and 5)."""

import socket

import pytest
from app.exchange.signature import sign
from app.exchange.webhooks import Overrides
from starlette.responses import RedirectResponse, Response
from tests.exchange.conftest import CALLER, HOTLINE, World

BROKEN = Response(status_code=500)


def call_once(world: World) -> list[str]:
    """One call from beginning to end; returns what was heard."""

    async def story() -> None:
        await (await world.exchange.phone(CALLER).dial(HOTLINE)).ended()
        await world.exchange.settle()

    world.play(story)
    return world.exchange.ledger.heard()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("<Response>", media_type="text/xml"), 12100),
        (Response(" <?xml version='1.0'?><Response/>", media_type="text/xml"), 12100),
        (Response("<!DOCTYPE x><Response/>", media_type="text/xml"), 12100),
        (Response("<Reply/>", media_type="text/xml"), 12102),
        (Response("<Response><Shout/></Response>", media_type="text/xml"), 12200),
        (Response("<Response><say>Hi</say></Response>", media_type="text/xml"), 12200),
        (Response("<Response><Gather><Record/></Gather></Response>", media_type="text/xml"), 13320),
        (Response("<Response/>", media_type="application/json"), 12300),
        (Response("<Response/>"), 12300),
        (Response("<Response>" + " " * 65536 + "</Response>", media_type="text/xml"), 11750),
        (Response(status_code=500), 11200),
        (Response(status_code=404), 11200),
        (RedirectResponse("/voice"), 11215),
    ],
)
def test_what_twilio_refuses(world: World, answer: Response, code: int) -> None:
    world.service.on("/voice", answer)
    (apology,) = call_once(world)
    assert "application error" in apology
    assert world.exchange.debugger.codes == [code]
    assert [error.code for error in world.exchange.ledger.application_errors] == [code]
    assert world.exchange.ledger.webhooks("/status")[0].get("CallStatus") == "completed"


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (Response("<Response><Say>Hi</Say></Response>", media_type="text/html"), ["Hi"]),
        (Response("<Response><Say>Hi</Say></Response>", media_type="application/xml"), ["Hi"]),
        (Response("<Response><Say>Hi</Say></Response>", media_type="text/plain"), ["Hi"]),
        (Response("Just words", media_type="text/plain"), ["Just words"]),
    ],
)
def test_what_twilio_takes(world: World, answer: Response, heard: list[str]) -> None:
    world.service.on("/voice", answer)
    assert call_once(world) == heard
    assert world.exchange.debugger.codes == []


def test_the_fallback_is_told_what_failed(world: World) -> None:
    settings = world.exchange.numbers[HOTLINE].settings
    settings.voice_fallback_url = world.url("/fallback")
    world.service.on("/voice", Response(status_code=503))
    world.service.on("/fallback", "<Say>Please call again</Say>")
    assert call_once(world) == ["Please call again"]
    (fallback,) = world.exchange.ledger.webhooks("/fallback")
    assert fallback.get("ErrorCode") == "11200"
    assert fallback.get("ErrorUrl") == world.url("/voice")


def test_a_failing_action_leads_to_the_fallback_too(world: World) -> None:
    settings = world.exchange.numbers[HOTLINE].settings
    settings.voice_fallback_url = world.url("/fallback")
    world.service.on("/voice", "<Redirect>/missing</Redirect>")
    world.service.on("/fallback", Response(status_code=500))
    (apology,) = call_once(world)
    assert "application error" in apology
    assert world.exchange.debugger.codes == [11200, 11200]


def test_nobody_listens(world: World) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/voice"
    world.exchange.numbers[HOTLINE].settings.voice_url = url
    call_once(world)
    assert world.exchange.debugger.codes == [11205]
    # A failed connection is tried once more by default, with the same token.
    first, second = world.exchange.ledger.webhooks("/voice")
    assert first.token == second.token


def test_retries_are_as_the_url_says(world: World) -> None:
    world.exchange.numbers[HOTLINE].settings.voice_url = world.url("/voice#rc=2&rp=5xx")
    world.service.on("/voice", BROKEN, BROKEN, "<Say>Hi</Say>")
    assert call_once(world) == ["Hi"]
    urls = {request.url for request in world.exchange.ledger.webhooks("/voice")}
    assert urls == {world.url("/voice")}


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("", Overrides()),
        ("rc=9&rp=often&ct=1", Overrides()),
        ("rc=0&ct=200&rt=300&tt=400", Overrides(0, frozenset({"ct"}), 0.2, 0.3, 0.4)),
        ("rp=5xx,rt", Overrides(policy=frozenset({"5xx", "rt"}))),
    ],
)
def test_overrides(fragment: str, expected: Overrides) -> None:
    assert Overrides.parse(fragment) == expected


def test_an_answer_that_takes_too_long(world: World) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/voice#tt=100"
        world.exchange.numbers[HOTLINE].settings.voice_url = url
        call_once(world)
    assert world.exchange.debugger.codes == [11200]
    (request,) = world.exchange.ledger.webhooks("/voice")
    assert "0.1 seconds" in request.error


def test_a_redirected_action_loses_its_digits(world: World) -> None:
    world.service.on("/voice", '<Gather numDigits="1" action="/old"><Say>Press</Say></Gather>')
    world.service.on("/old", RedirectResponse("/new", status_code=302))
    world.service.on("/new", "<Hangup/>")

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.presses("1")
        await call.ended()

    world.play(story)
    (new,) = world.exchange.ledger.webhooks("/new")
    assert (new.method, new.parameters) == ("GET", ())


def test_cookies_belong_to_one_call(world: World) -> None:
    baker = Response("<Response><Redirect>/next</Redirect></Response>", media_type="text/xml")
    baker.set_cookie("flavour", "lemon")
    world.service.on("/voice", baker)
    world.service.on("/next", "<Hangup/>")
    call_once(world)
    assert "cookie" not in world.service.headers["/voice"]
    assert world.service.headers["/next"]["cookie"] == "flavour=lemon"
    assert "cookie" not in world.service.headers["/status"]


def test_a_request_is_signed_and_complete(world: World) -> None:
    world.service.on("/voice", "<Reject/>")
    call_once(world)
    request = world.exchange.ledger.webhooks("/voice")[0]
    status = world.exchange.ledger.webhooks("/status")[0]
    headers = world.service.headers["/status"]
    assert headers["x-twilio-signature"] == sign("12345", status.url, status.parameters)
    assert headers["user-agent"] == "TwilioProxy/1.1"
    assert headers["i-twilio-idempotency-token"] == status.token
    assert request.get("CallStatus") == "ringing"
    assert request.get("Direction") == "inbound"
    assert request.get("FromCountry") == "CN"
    assert ("FromCity", "") in request.parameters
    assert status.get("CallStatus") == "no-answer"
    assert status.get("CallbackSource") == "call-progress-events"
