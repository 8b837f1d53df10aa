"""Webhooks out: to whom they go, how they are signed, and what happens when nobody takes them."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from app.database import Database
from app.jobs.models import Job
from app.jobs.runner import RetryLater, Tools
from app.webhooks import queries, service
from app.webhooks.addresses import AddressError, check_url, look_up
from app.webhooks.jobs import PAUSES, WebhookJobs
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from sqlalchemy import select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECRET = "the county and we know it"


class StillClock:
    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Receiver:
    """Another system of the county: notes what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.endless = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.got.append((dict(self.headers), self.rfile.read(length)))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                while receiver.endless:
                    self.wfile.write(b"x" * 65_536)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hotline"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def tools(database: Database) -> Tools:
    return Tools(database, None, StillClock())  # type: ignore[arg-type]


JOBS = WebhookJobs(["127.0.0.1"])


def endpoint(database: Database, url: str, events: str = "*", department: str = "*") -> int:
    with database.writing() as connection:
        return service.add_endpoint(
            connection, name="county", url=url, secret=SECRET, events=events,
            department=department, by="staff:1", at=NOON,
        )  # fmt: skip


def announce(database: Database, event: str = "ticket.opened", department: str = "water") -> int:
    with database.writing() as connection:
        return service.announce(
            connection, event, "ticket-event:7", {"number": "12345674"}, NOON, department
        )


def delivery(database: Database) -> Any:
    with database.reading() as connection:
        return connection.execute(select(WebhookDelivery.__table__)).one()


def test_an_answer_without_an_end_is_not_read(
    database: Database, tools: Tools, receiver: Receiver
) -> None:
    receiver.endless = True
    endpoint(database, receiver.url)
    announce(database)
    JOBS.deliver({"delivery": delivery(database).id}, tools)
    assert delivery(database).state == "delivered"


def test_what_is_told_is_signed(database: Database, tools: Tools, receiver: Receiver) -> None:
    endpoint(database, receiver.url)
    assert announce(database) == 1
    JOBS.deliver({"delivery": delivery(database).id}, tools)
    ((headers, body),) = receiver.got
    stamp, given = (part.split("=", 1)[1] for part in headers["Hotline-Signature"].split(","))
    signed = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(given, signed)
    assert int(stamp) == int(NOON.timestamp())
    told = json.loads(body)
    assert (told["event"], told["data"]) == ("ticket.opened", {"number": "12345674"})
    assert headers["Hotline-Delivery"] == told["id"]
    assert (delivery(database).state, delivery(database).status) == ("delivered", 204)


def test_it_is_asked_for_once_with_the_change(database: Database) -> None:
    endpoint(database, "https://county.example.org/hook")
    announce(database)
    with pytest.raises(Exception, match=r"(?i)unique"):
        announce(database)
    with database.reading() as connection:
        (job,) = connection.execute(select(Job.kind, Job.payload)).all()
    assert job.kind == "webhook.deliver"


@pytest.mark.parametrize(
    ("events", "department", "told"),
    [
        ("*", "*", 1),
        ("ticket.opened call.ended", "*", 1),
        ("call.ended", "*", 0),
        ("*", "water", 1),
        ("*", "justice", 0),
    ],
)
def test_only_those_who_want_it_are_told(
    database: Database, events: str, department: str, told: int
) -> None:
    endpoint(database, "https://county.example.org/hook", events, department)
    assert announce(database) == told


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_what_is_not_taken_is_sent_again(
    database: Database, tools: Tools, receiver: Receiver, answer: int
) -> None:
    endpoint(database, receiver.url)
    announce(database)
    receiver.answers = [answer]
    payload = {"delivery": delivery(database).id}
    with pytest.raises(RetryLater) as order:
        JOBS.deliver(payload, tools)
    assert order.value.seconds == PAUSES[0]
    assert (delivery(database).state, delivery(database).status) == ("waiting", answer)
    JOBS.deliver(payload, tools)
    first, second = receiver.got
    assert first[0]["Hotline-Delivery"] == second[0]["Hotline-Delivery"]
    assert (delivery(database).state, delivery(database).attempts) == ("delivered", 2)
    JOBS.deliver(payload, tools)
    assert len(receiver.got) == 2


def test_after_a_day_it_is_given_up_and_may_be_sent_by_hand(
    database: Database, tools: Tools, receiver: Receiver
) -> None:
    one = endpoint(database, receiver.url)
    announce(database)
    payload = {"delivery": delivery(database).id}
    receiver.answers = [503] * (len(PAUSES) + 1)
    for pause in PAUSES:
        with pytest.raises(RetryLater) as order:
            JOBS.deliver(payload, tools)
        assert order.value.seconds == pause
    JOBS.deliver(payload, tools)
    assert delivery(database).state == "failed"
    with database.writing() as connection:
        assert service.send_again(connection, one, payload["delivery"], NOON)
        assert not service.send_again(connection, one, payload["delivery"], NOON)
    JOBS.deliver(payload, tools)
    assert delivery(database).state == "delivered"


def test_gone_means_never_again(database: Database, tools: Tools, receiver: Receiver) -> None:
    one = endpoint(database, receiver.url)
    announce(database)
    receiver.answers = [410]
    JOBS.deliver({"delivery": delivery(database).id}, tools)
    assert delivery(database).state == "failed"
    with database.reading() as connection:
        why = connection.execute(
            select(WebhookEndpoint.disabled_why).where(WebhookEndpoint.id == one)
        ).scalar_one()
        (listed,) = queries.endpoints(connection)
    assert why == "410 Gone"
    assert listed["failed"] == 1
    assert announce(database) == 0


def test_nobody_there_is_no_status(database: Database, tools: Tools, receiver: Receiver) -> None:
    endpoint(database, "http://127.0.0.1:1/nobody")
    announce(database)
    with pytest.raises(RetryLater):
        JOBS.deliver({"delivery": delivery(database).id}, tools)
    assert (delivery(database).status, delivery(database).error) == (None, "ConnectError")


@pytest.mark.parametrize(
    "url",
    [
        "http://county.example.org/hook",
        "ftp://county.example.org/hook",
        "https://user:pass@county.example.org/",
        "https:///nohost",
        "https://county.example.org/#part",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_url(url, ())


@pytest.mark.parametrize(
    "ip", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.1.1", "::1", "fd00::1", "0.0.0.0"]
)
def test_the_inside_is_out_of_reach(ip: str) -> None:
    with pytest.raises(AddressError):
        look_up("https://county.example.org/hook", (), lambda _host, _port: [ip])


def test_a_host_the_site_allows_may_be_inside() -> None:
    target = look_up(
        "https://town.county.internal:8443/hook?a=1",
        ("town.county.internal",),
        lambda _host, _port: ["10.0.0.7"],
    )
    assert target.connect_url == "https://10.0.0.7:8443/hook?a=1"
