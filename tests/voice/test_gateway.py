"""The REST gateway against a provider that answers, refuses, fails, hangs or is not there."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from app.calls.telephony import (
    CallOrder,
    OutcomeUnknownError,
    RefusedError,
    TelephonyError,
    TryAgainLaterError,
)
from app.voice.gateway import Account, TwilioGateway

HOTLINE, CANARY = "+867451012345", "+867451012346"
ORDER = CallOrder("+867451000201", "one-time-token", 20, 7_500)


class Provider(ThreadingHTTPServer):
    """A provider that gives one canned answer and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, status: int, body: str) -> None:
        self.status, self.reply = status, body
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        provider = self.server
        assert isinstance(provider, Provider)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        provider.asked.append((self.path, parse_qs(body)))
        if provider.status == 0:  # hang up without an answer
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(provider.status)
        self.end_headers()
        self.wfile.write(provider.reply.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def provider(status: int, body: str = "{}") -> Iterator[tuple[Provider, TwilioGateway]]:
    server = Provider(status, body)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server, gateway(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def gateway(api: str) -> TwilioGateway:
    account = Account("AC1", "AC1", "token", api, "https://hotline.example.org", "+867451012345")
    return TwilioGateway(account)


def test_a_call_is_ordered_with_its_token_and_all_its_events() -> None:
    with provider(201, '{"sid": "CA7"}') as (server, phone):
        assert phone.place_call(ORDER) == "CA7"
    ((path, form),) = server.asked
    assert path == "/2010-04-01/Accounts/AC1/Calls.json"
    assert form["Url"] == ["https://hotline.example.org/voice/outbound?leg=one-time-token"]
    assert form["StatusCallback"] == ["https://hotline.example.org/voice/status?leg=one-time-token"]
    assert form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert form["MachineDetection"] == ["Enable"]
    assert (form["Timeout"], form["TimeLimit"]) == (["20"], ["7500"])


def test_the_canary_calls_from_its_own_number_and_looks_for_no_machine() -> None:
    account = Account("AC1", "AC1", "token", "", "https://hotline.example.org", HOTLINE, CANARY)
    with provider(201, '{"sid": "CA7"}') as (server, phone):
        account = replace(account, api_base_url=phone._account.api_base_url)
        order = replace(ORDER, to=HOTLINE, from_canary=True)
        assert TwilioGateway(account).place_call(order) == "CA7"
    ((_, form),) = server.asked
    assert form["From"] == [CANARY]
    assert form["Url"] == ["https://hotline.example.org/voice/canary?leg=one-time-token"]
    assert "MachineDetection" not in form


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, '{"code": 20429}', TryAgainLaterError),
        (500, "{}", OutcomeUnknownError),
        (503, "<html>", OutcomeUnknownError),
        (0, "", OutcomeUnknownError),
        (201, "not json", OutcomeUnknownError),
        (400, '{"code": 21211, "message": "invalid To"}', RefusedError),
        (401, '{"code": 20003}', RefusedError),
    ],
)
def test_every_failure_is_one_of_three_kinds(
    status: int, body: str, kind: type[TelephonyError]
) -> None:
    with provider(status, body) as (_, phone), pytest.raises(kind):
        phone.place_call(ORDER)


def test_a_provider_that_is_not_there_was_certainly_not_asked() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(TryAgainLaterError):
        gateway(f"http://127.0.0.1:{port}").place_call(ORDER)


@pytest.mark.parametrize(("status", "code"), [(400, 21220), (404, 20404)])
def test_hanging_up_what_is_over_is_no_error(status: int, code: int) -> None:
    with provider(status, f'{{"code": {code}}}') as (server, phone):
        phone.hang_up("CA7")
    assert server.asked[0][1] == {"Status": ["completed"]}


def test_a_live_call_is_moved_on() -> None:
    with provider(200, '{"sid": "CA7"}') as (server, phone):
        phone.resume_call("CA7", "open-1")
    ((path, form),) = server.asked
    assert path.endswith("/Calls/CA7.json")
    assert form["Url"] == ["https://hotline.example.org/voice/resume?key=open-1"]
