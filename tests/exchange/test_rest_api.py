"""The REST API, driven by the unmodified client library over real HTTP."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import uvicorn
from app.exchange.audio import ToneSpeech
from app.exchange.exchange import Exchange
from app.exchange.faults import FaultPlan
from app.exchange.server import build_exchange_app
from app.exchange.sounds import Sound
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

ACCOUNT = "AC" + "0" * 31 + "1"
HOTLINE = "+867451012345"
SPEECH = '<Response><Pause length="60"/></Response>'


class Provider:
    """An exchange served on a thread of its own, and a client that knows its address."""

    def __init__(self, exchange: Exchange, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self.exchange, self.client, self.loop = exchange, client, loop

    def on_loop(self, act: Callable[[], Any]) -> Any:
        """Do something on the exchange's own thread."""
        done: Future[Any] = Future()
        self.loop.call_soon_threadsafe(lambda: done.set_result(act()))
        return done.result(timeout=5)


@contextmanager
def serving(faults: FaultPlan | None = None) -> Iterator[Provider]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # early callers wait until the server takes them
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    exchange = Exchange(
        account_sid=ACCOUNT, auth_token="token", api_base_url=address, speech=ToneSpeech(),
        faults=faults, api_keys={"SKkey": "secret"}, calls_per_second=1_000.0,
    )  # fmt: skip
    exchange.add_number(HOTLINE, "http://127.0.0.1:1/voice")
    config = uvicorn.Config(build_exchange_app(exchange), log_level="critical", lifespan="on")
    server = uvicorn.Server(config)
    loops: Future[asyncio.AbstractEventLoop] = Future()

    async def run() -> None:
        loops.set_result(asyncio.get_running_loop())
        await server.serve(sockets=[listening])

    thread = Thread(target=asyncio.run, args=(run(),))
    thread.start()
    client = Client(ACCOUNT, "token")
    client.api.base_url = address
    try:
        yield Provider(exchange, client, loops.result(timeout=5))
    finally:
        server.should_exit = True
        thread.join()
        client.http_client.session.close()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serving() as running:
        yield running


def place(provider: Provider, **options: Any) -> Any:
    order = {"to": "+8613800138000", "from_": HOTLINE, "twiml": SPEECH} | options
    return provider.client.calls.create(**order)


def test_a_call_is_placed_listed_fetched_ended_and_deleted(provider: Provider) -> None:
    call = place(provider, status_callback_event=["initiated", "answered"])
    assert (call.status, call.direction, call.to) == ("queued", "outbound-api", "+8613800138000")
    assert call.sid in [one.sid for one in provider.client.calls.list(to="+8613800138000")]
    assert provider.client.calls(call.sid).fetch().sid == call.sid
    ended = provider.client.calls(call.sid).update(status="completed")
    assert ended.status in ("completed", "canceled")
    assert provider.client.calls(call.sid).delete()
    with pytest.raises(TwilioRestException) as refusal:
        provider.client.calls(call.sid).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"to": ""}, 400, 21201),
        ({"to": "12345"}, 400, 21211),
        ({"from_": "+15550001111"}, 400, 21210),
        ({"twiml": "x" * 4_001}, 400, 32018),
        ({"twiml": None, "url": "ftp://x"}, 400, 21205),
        ({"send_digits": "1" * 33}, 400, 20001),
        ({"timeout": 9_999}, 400, 20001),
        ({"status_callback_event": ["initiated answered"]}, 400, 20001),
        ({"machine_detection": "Perhaps"}, 400, 20001),
    ],
)
def test_what_the_network_would_refuse_is_refused_with_its_code(
    provider: Provider, options: dict[str, Any], status: int, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        place(provider, **options)
    assert (refusal.value.status, refusal.value.code) == (status, code)


def test_a_call_that_is_not_in_progress_cannot_be_redirected(provider: Provider) -> None:
    call = place(provider)
    provider.client.calls(call.sid).update(status="canceled")
    with pytest.raises(TwilioRestException) as refusal:
        provider.client.calls(call.sid).update(twiml=SPEECH)
    assert refusal.value.code == 21220


def test_wrong_credentials_are_refused_and_an_api_key_is_good(provider: Provider) -> None:
    base = provider.client.api.base_url
    for user, password, good in [(ACCOUNT, "wrong", False), ("SKkey", "secret", True)]:
        client = Client(user, password, ACCOUNT)
        client.api.base_url = base
        if good:
            assert client.calls.list(limit=1) is not None
        else:
            with pytest.raises(TwilioRestException) as refusal:
                client.calls("CA1").fetch()
            assert (refusal.value.status, refusal.value.code) == (401, 20003)
        client.http_client.session.close()


def test_lists_are_paged(provider: Provider) -> None:
    made = {place(provider, to="+8613900139000").sid for _ in range(7)}
    listed = provider.client.calls.list(to="+8613900139000", page_size=3)
    assert {call.sid for call in listed} == made
    assert len(provider.client.calls.list(to="+8613900139000", limit=2, page_size=1)) == 2


def test_a_participant_is_called_into_a_conference_changed_and_removed(provider: Provider) -> None:
    room = provider.client.conferences("case-42")
    added = room.participants.create(from_=HOTLINE, to="+867451000201", label="mediator")
    assert (added.label, added.muted, added.hold) == ("mediator", False, False)
    muted = room.participants("mediator").update(muted=True)
    assert muted.muted is True
    assert [one.call_sid for one in room.participants.list(muted=True)] == [added.call_sid]
    (conference,) = provider.client.conferences.list(friendly_name="case-42")
    assert conference.status == "init"
    assert room.participants(added.call_sid).delete()
    ended = provider.client.conferences(conference.sid).update(status="completed")
    assert ended.sid == conference.sid
    with pytest.raises(TwilioRestException) as refusal:
        provider.client.conferences("CF" + "0" * 32).participants.create(
            from_=HOTLINE, to="+867451000201"
        )
    assert refusal.value.code == 20404


def test_queues_are_made_changed_and_removed(provider: Provider) -> None:
    queue = provider.client.queues.create(friendly_name="desk")
    assert (queue.max_size, queue.current_size) == (1000, 0)
    assert provider.client.queues(queue.sid).update(max_size=5).max_size == 5
    assert queue.sid in [one.sid for one in provider.client.queues.list()]
    assert provider.client.queues(queue.sid).members.list() == []
    with pytest.raises(TwilioRestException):
        provider.client.queues(queue.sid).members("Front").update(url="http://127.0.0.1:1/x")
    assert provider.client.queues(queue.sid).delete()


def test_messages_are_sent_redacted_and_removed(provider: Provider) -> None:
    message = provider.client.messages.create(
        to="+8613800138000", from_=HOTLINE, body="您的工单已经登记"
    )
    assert message.direction == "outbound-api"
    assert provider.client.messages(message.sid).fetch().body == "您的工单已经登记"
    assert provider.client.messages(message.sid).update(body="").body == ""
    assert provider.client.messages(message.sid).delete()


def test_numbers_and_applications_are_configured(provider: Provider) -> None:
    (number,) = provider.client.incoming_phone_numbers.list(phone_number=HOTLINE)
    changed = provider.client.incoming_phone_numbers(number.sid).update(
        voice_url="https://hotline.example.org/voice/incoming",
        voice_fallback_url="https://hotline.example.org/voice/fallback",
    )
    assert changed.voice_fallback_url.endswith("/voice/fallback")
    application = provider.client.applications.create(
        friendly_name="desk", voice_url="https://hotline.example.org/voice/client"
    )
    assert provider.client.applications(application.sid).fetch().friendly_name == "desk"
    assert provider.client.applications(application.sid).delete()
    with pytest.raises(TwilioRestException) as refusal:
        provider.client.applications.create(voice_fallback_url="https://x.example.org")
    assert refusal.value.code == 21405


def test_a_recording_has_a_description_and_sound(provider: Provider) -> None:
    recording = provider.on_loop(lambda: provider.exchange.recordings.begin("RecordVerb"))
    listed = provider.client.recordings.list()
    assert recording.sid in [one.sid for one in listed]
    base = f"{provider.client.api.base_url}/2010-04-01/Accounts/{ACCOUNT}/Recordings"
    missing = provider.client.request("GET", f"{base}/{recording.sid}.wav")
    assert missing.status_code == 404  # it is still in progress
    sound = Sound("移民热线", 1.0, "cmn-CN")
    provider.on_loop(lambda: recording.tape.add(0, provider.exchange.clock.monotonic(), sound))
    provider.on_loop(lambda: provider.exchange.recordings.finish(recording))
    for _ in range(200):
        answer = provider.client.request("GET", f"{base}/{recording.sid}.wav")
        if answer.status_code == 200:
            break
        provider.on_loop(lambda: None)
    assert answer.text.startswith("RIFF")
    refused = provider.client.request("GET", f"{base}/{recording.sid}?RequestedChannels=2")
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("faults", "status"),
    [({"rest_too_many": 1.0}, 429), ({"rest_server_error": 1.0}, 500)],
)
def test_faults_are_suffered_as_planned(faults: dict[str, float], status: int) -> None:
    with serving(FaultPlan(1, **faults)) as provider:
        with pytest.raises(TwilioRestException) as refusal:
            place(provider)
        assert refusal.value.status == status
        assert provider.exchange.calls.newest_first() == []


def test_a_lost_answer_leaves_the_call_placed() -> None:
    import requests

    with serving(FaultPlan(1, rest_lose=1.0)) as provider:
        with pytest.raises((requests.exceptions.RequestException, TwilioRestException)):
            place(provider)
        assert len(provider.exchange.calls.newest_first()) == 1


def test_recorded_sound_is_spoilt_as_planned_and_then_whole() -> None:
    plan = FaultPlan(0, media=["404", "xml", "html", "truncated"])
    with serving(plan) as provider:
        recording = provider.on_loop(lambda: provider.exchange.recordings.begin("RecordVerb"))
        sound = Sound("移民热线", 1.0, "cmn-CN")
        provider.on_loop(lambda: recording.tape.add(0, provider.exchange.clock.monotonic(), sound))
        whole = provider.on_loop(lambda: recording.tape.wav(1.0, ToneSpeech(), trim=False))
        provider.on_loop(lambda: vars(recording).update(media=whole, status="completed"))
        base = f"{provider.client.api.base_url}/2010-04-01/Accounts/{ACCOUNT}/Recordings"
        answers = [provider.client.request("GET", f"{base}/{recording.sid}.wav") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [404, 200, 200, 200, 200]
        assert "RestException" in answers[1].text
        assert "<html>" in answers[2].text
        assert len(answers[3].text) < len(answers[4].text)
        assert answers[4].text.startswith("RIFF")


def test_an_unknown_fault_of_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="smoke"):
        FaultPlan(0, media=["smoke"])
