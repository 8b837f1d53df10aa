"""Alerts: once by their key, in every way, and pushes that forget browsers that are gone."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from app.database import Database, blind_index
from app.jobs.models import Job
from app.jobs.runner import RetryLater, Tools
from app.messages.models import Message
from app.people.alerts import queries, service, subscriptions
from app.people.alerts.models import PushSubscription
from app.people.alerts.push import PushJobs, push_subject
from app.people.alerts.subscriptions import NotAPushServiceError, Subscription
from app.people.alerts.vapid import VapidKey
from app.people.staff.models import Staff
from app.schema import import_models
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket
from sqlalchemy import func, insert, select
from tests.tickets.clocks.town import county

import_models()

NOW = county("2026-11-23 09:00")
WORDS = {"zh-CN": "工单 00000001 快到时限了。", "en-US": "Ticket 00000001 is due soon."}
FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/abc"


def employ(
    database: Database, login: str, phone: str = "+8613900000001", language: str = "zh-CN"
) -> int:
    values = {
        "login": login,
        "name": login.title(),
        "language": language,
        "phone": phone,
        "phone_index": blind_index(phone) if phone else "",
        "active": True,
        "created_at": NOW,
    }
    with database.writing() as connection:
        return connection.execute(insert(Staff).values(**values).returning(Staff.id)).scalar_one()


def ticket(database: Database) -> int:
    appeal = Appeal(
        number="00000001",
        source="test:1",
        kind="appeal",
        category="land",
        channel="portal",
        language="zh-CN",
        caller="+8613800138000",
    )
    with database.writing() as connection:
        return open_ticket(connection, appeal, Routing("agriculture"), NOW).id


def alert(database: Database, staff: int, ways: Any = ("console",), **more: Any) -> bool:
    facts: dict[str, Any] = {"key": "a", "kind": "ticket.due_soon", "ticket_id": None} | more
    with database.writing() as connection:
        return service.raise_alert(
            connection, staff_id=staff, words=WORDS, at=NOW, ways=ways, **facts
        )


def count(database: Database, table: Any, **where: Any) -> int:
    with database.reading() as connection:
        query = select(func.count()).select_from(table).filter_by(**where)
        return connection.execute(query).scalar_one()


def subscribe(database: Database, staff: int, endpoint: str = FIREFOX) -> None:
    with database.writing() as connection:
        subscriptions.subscribe(connection, staff, Subscription(endpoint, "p256dh", "auth"), NOW)


def test_once_by_its_key_in_every_way(database: Database) -> None:
    staff, number = employ(database, "wang"), ticket(database)
    subscribe(database, staff)
    for expected in (True, False, False):
        assert alert(database, staff, service.WAYS, ticket_id=number) is expected
    with database.reading() as connection:
        (shown,) = queries.alerts_of(connection, staff, "en-US")
        assert queries.count_open(connection, staff) == 1
        text = connection.execute(select(Message.number, Message.body)).one()
    assert (shown.sentence, shown.ticket_number) == (WORDS["en-US"], "00000001")
    assert tuple(text) == ("+8613900000001", WORDS["zh-CN"])
    assert count(database, Job, kind="alert.push") == 1
    assert count(database, Job, kind="alert.call") == 1


def test_seen_and_acknowledged(database: Database) -> None:
    staff, other = employ(database, "wang"), employ(database, "li", "+8613900000002")
    alert(database, staff)
    alert(database, staff, key="b")
    with database.writing() as connection:
        first, second = (shown.id for shown in queries.alerts_of(connection, staff, "zh-CN"))
        assert service.mark_seen(connection, staff, NOW) == 2
        assert service.mark_seen(connection, staff, NOW) == 0
        assert not service.acknowledge(connection, other, first, NOW)
        assert service.acknowledge(connection, staff, first, NOW)
        assert not service.acknowledge(connection, staff, first, NOW)
        assert [shown.id for shown in queries.alerts_of(connection, staff, "zh-CN")] == [second]
        assert len(queries.alerts_of(connection, staff, "zh-CN", open_only=False)) == 2
        assert service.acknowledge_all(connection, staff, NOW) == 1


def test_somebody_without_a_telephone_gets_no_text(database: Database) -> None:
    staff = employ(database, "wang", phone="")
    assert alert(database, staff, ("console", "sms"))
    assert count(database, Message) == 0


@pytest.mark.parametrize("ways", [("pigeon",), ("call",)])
def test_ways_that_are_none(database: Database, ways: Any) -> None:
    with pytest.raises(ValueError, match="cannot go by"):
        alert(database, employ(database, "wang"), ways)


def push(database: Database, status: int) -> list[tuple[Subscription, dict[str, Any]]]:
    """Do all push jobs with a push service that answers so."""
    sent: list[tuple[Subscription, dict[str, Any]]] = []

    def post(subscription: Subscription, text: str) -> int:
        sent.append((subscription, json.loads(text)))
        return status

    with database.reading() as connection:
        payloads = connection.execute(select(Job.payload).where(Job.kind == "alert.push")).scalars()
        payloads = [json.loads(payload) for payload in payloads]
    for payload in payloads:
        PushJobs("mailto:a@b", post).send(payload, Tools(database, None, None))  # type: ignore[arg-type]
    return sent


def test_a_push_says_what_is_due_and_where(database: Database) -> None:
    staff, number = employ(database, "wang"), ticket(database)
    subscribe(database, staff)
    alert(database, staff, ("push",), ticket_id=number, kind="ticket.overdue")
    ((subscription, told),) = push(database, 201)
    assert subscription.endpoint == FIREFOX
    assert told == {
        "title": "回响",
        "body": WORDS["zh-CN"],
        "tag": "ticket-00000001",
        "url": "/console/tickets/00000001",
        "urgent": True,
    }


@pytest.mark.parametrize(("status", "left"), [(201, 1), (404, 0), (410, 0), (400, 1)])
def test_a_browser_that_is_gone_is_forgotten(database: Database, status: int, left: int) -> None:
    staff = employ(database, "wang")
    subscribe(database, staff)
    alert(database, staff, ("push",))
    assert len(push(database, status)) == 1
    assert count(database, PushSubscription) == left


@pytest.mark.parametrize("status", [0, 429, 503])
def test_a_push_service_that_is_away_is_tried_again(database: Database, status: int) -> None:
    staff = employ(database, "wang")
    subscribe(database, staff)
    alert(database, staff, ("push",))
    with pytest.raises(RetryLater):
        push(database, status)


def test_what_was_acknowledged_meanwhile_is_not_pushed(database: Database) -> None:
    staff = employ(database, "wang")
    subscribe(database, staff)
    alert(database, staff, ("push",))
    with database.writing() as connection:
        service.acknowledge_all(connection, staff, NOW)
    assert push(database, 201) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com:8443/x",
        "https://user@evil.example/",
        "https://fcm.googleapis.com/" + "x" * 1_000,
        "",
    ],
)
def test_pushes_go_to_push_services_only(database: Database, endpoint: str) -> None:
    with pytest.raises(NotAPushServiceError):
        subscribe(database, employ(database, "wang"), endpoint)


def test_browsers_change_hands_and_the_oldest_go(database: Database) -> None:
    wang, li = employ(database, "wang"), employ(database, "li", "+8613900000002")
    subscribe(database, wang)
    subscribe(database, li)
    assert count(database, PushSubscription, staff_id=li) == 1
    for number in range(12):
        subscribe(database, li, f"{FIREFOX}{number}")
    assert count(database, PushSubscription) == subscriptions.MOST_PER_PERSON
    with database.writing() as connection:
        assert not subscriptions.unsubscribe(connection, wang, f"{FIREFOX}11")
        assert subscriptions.unsubscribe(connection, li, f"{FIREFOX}11")


def test_the_key_is_the_same_in_every_process() -> None:
    assert VapidKey().public == VapidKey().public
    assert len(VapidKey().public) == 87  # 65 bytes: an uncompressed point
    assert VapidKey().public.startswith("B")


def test_what_is_sent_can_be_read_by_the_browser_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real sender, up to the wire: the text is encrypted for the browser, and signed by us."""
    import requests

    posted: list[Any] = []

    def post(_session: requests.Session, url: str, **more: Any) -> requests.Response:
        posted.append((url, more))
        answer = requests.Response()
        answer.status_code = 201
        return answer

    monkeypatch.setattr(requests.Session, "post", post)
    sender = PushJobs(push_subject("https://hotline.example.org"))
    status = sender._post_by_web_push(a_browser(FIREFOX), "你好")
    ((url, more),) = posted
    assert (status, url) == (201, FIREFOX)
    assert "你好".encode() not in more["data"]
    assert VapidKey().public in more["headers"]["Authorization"]
    assert more["timeout"] <= 10


def a_browser(endpoint: str) -> Subscription:
    """A browser's subscription with keys of its own."""
    import base64

    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    written = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (point, b"0" * 16)]
    return Subscription(endpoint, *written)


def test_a_push_service_leads_nowhere_else() -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", "/inside")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = a_browser(f"http://127.0.0.1:{server.server_port}/push")
    assert PushJobs("mailto:hotline@localhost")._post_by_web_push(browser, "你好") == 0
    server.shutdown()
    server.server_close()
    assert asked == ["/push"]
