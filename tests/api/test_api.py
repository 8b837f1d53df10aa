"""The API as another system of the county uses it."""

from datetime import timedelta

import pytest
from app.database import Database
from app.people.access.rights import Right
from app.tickets.models import Ticket
from app.webhooks.models import WebhookDelivery
from sqlalchemy import func, select
from starlette.testclient import TestClient
from tests.api.conftest import NOON, System
from tests.fixtures.callbook import CallBook

APPEAL = {
    "category": "utilities",
    "words": "村里停水三天了，蓄水池好像坏了。",
    "caller": "+8613800138000",
    "caller_name": "田水生",
    "place": "茶亭村",
}
WORKS = (Right.tickets_view, Right.tickets_work, Right.departments_view)


def open_one(client: TestClient, key: str = "one", **changes: object) -> str:
    answer = client.post("/api/v1/tickets", json=APPEAL | changes, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def test_an_appeal_is_passed_on_once(system: System, database: Database) -> None:
    town = system(*WORKS)
    assert open_one(town) == open_one(town)
    ticket = town.get(f"/api/v1/tickets/{open_one(town)}").json()
    assert (ticket["state"], ticket["department"], ticket["channel"]) == ("new", "water", "api")
    assert (ticket["words"], ticket["caller_name"]) == (APPEAL["words"], "田水生")
    assert ticket["respond_due_at"].startswith("2026-11-23T04:30")
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Ticket)).scalar() == 1


def test_two_systems_may_use_the_same_key(system: System) -> None:
    assert open_one(system(*WORKS)) != open_one(system(*WORKS, name="village"))


def test_a_ticket_goes_through_its_states(system: System, database: Database) -> None:
    town = system(*WORKS)
    number = open_one(town)
    moves = [
        {"to": "acknowledged"},
        {"to": "in_progress"},
        {"to": "waiting", "why": "等施工队", "until": (NOON + timedelta(hours=5)).isoformat()},
        {"to": "in_progress"},
        {"to": "resolved", "why": "水已经通了。"},
    ]
    for move in moves:
        answer = town.post(f"/api/v1/tickets/{number}/transitions", json=move)
        assert (answer.status_code, answer.json()["state"]) == (200, move["to"]), answer.text
    history = town.get(f"/api/v1/tickets/{number}/events").json()
    assert [line["to_state"] for line in history if line["event"] == "state"] == [
        move["to"] for move in moves
    ]
    assert {line["actor"] for line in history[1:]} == {"api:town"}


def test_what_cannot_be_is_a_problem(system: System) -> None:
    town = system(*WORKS)
    number = open_one(town)
    move = f"/api/v1/tickets/{number}/transitions"
    for given, status, says in (
        ({"to": "resolved", "why": "done"}, 422, "cannot become resolved"),
        ({"to": "acknowledged", "version": 99}, 409, "look at it again"),
        ({"to": "paradise"}, 422, ""),
        ({"to": "acknowledged", "surprise": 1}, 422, ""),
    ):
        answer = town.post(move, json=given)
        assert (answer.status_code, says in answer.text) == (status, True), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) >= {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "no such"},
        {"language": "tlh"},
        {"caller": "12345"},
        {"words": ""},
        {"words": "x" * 20_001},
    ],
)
def test_an_appeal_that_is_not_right_is_refused(system: System, changes: dict[str, object]) -> None:
    answer = system(*WORKS).post(
        "/api/v1/tickets", json=APPEAL | changes, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_key_nothing_is_opened(system: System) -> None:
    assert system(*WORKS).post("/api/v1/tickets", json=APPEAL).status_code == 422


def test_notes_are_written_once(system: System) -> None:
    town = system(*WORKS)
    note = f"/api/v1/tickets/{open_one(town)}/notes"
    key = {"Idempotency-Key": "n1"}
    assert town.post(note, json={"body": "已核实"}, headers=key).json() == {"new": True}
    assert town.post(note, json={"body": "已核实"}, headers=key).json() == {"new": False}


def test_a_token_sees_its_own_department_only(system: System) -> None:
    number = open_one(system(*WORKS))
    justice = system(*WORKS, department="justice", name="justice")
    assert justice.get(f"/api/v1/tickets/{number}").status_code == 404
    assert justice.get("/api/v1/tickets").json()["items"] == []
    water = system(*WORKS, department="water", name="water")
    assert water.get(f"/api/v1/tickets/{number}").status_code == 200
    refused = justice.post("/api/v1/tickets", json=APPEAL, headers={"Idempotency-Key": "elsewhere"})
    assert refused.status_code == 403


def test_a_sealed_caller_stays_sealed(system: System) -> None:
    town = system(*WORKS)
    ticket = town.get(f"/api/v1/tickets/{open_one(town, confidential=True)}").json()
    assert ticket["hidden"]
    assert (ticket["caller"], ticket["caller_name"], ticket["words"]) == ("", "", "")


def test_lists_are_paged(system: System) -> None:
    town = system(*WORKS)
    opened = [open_one(town, key=str(count)) for count in range(5)]
    found, after = [], ""
    while True:
        page = town.get("/api/v1/tickets", params={"limit": 2, "after": after}).json()
        found += [line["number"] for line in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == opened[::-1]


def test_nobody_without_a_token_or_a_right(system: System) -> None:
    answer = system(Right.calls_view).get("/api/v1/tickets")
    assert answer.status_code == 403
    stranger = system(*WORKS, name="stranger")
    stranger.headers["Authorization"] = "Bearer nonsense"
    answer = stranger.get("/api/v1/tickets")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_webhooks_are_a_systems_own(system: System, database: Database) -> None:
    town, other = system(*WORKS), system(*WORKS, name="other")
    made = town.post(
        "/api/v1/webhooks",
        json={"name": "desk", "url": "https://county.example.org/h", "events": ["ticket.opened"]},
    ).json()
    assert len(made["secret"]) > 32
    open_one(town)
    (hook,) = town.get("/api/v1/webhooks").json()
    assert (hook["waiting"], "secret" in hook) == (1, False)
    (sent,) = town.get(f"/api/v1/webhooks/{made['id']}/deliveries").json()
    assert (sent["event"], sent["state"]) == ("ticket.opened", "waiting")
    with database.reading() as connection:
        body = connection.execute(select(WebhookDelivery.body)).scalar_one()
    assert "田水生" not in body
    assert "13800138000" not in body
    assert other.get(f"/api/v1/webhooks/{made['id']}/deliveries").status_code == 404
    assert other.delete(f"/api/v1/webhooks/{made['id']}").status_code == 404
    assert town.delete(f"/api/v1/webhooks/{made['id']}").status_code == 204
    assert town.get("/api/v1/webhooks").json()[0]["disabled_at"]


@pytest.mark.parametrize("url", ["http://county.example.org/h", "not a url", "https://u:p@h/"])
def test_a_webhook_must_be_safe(system: System, url: str) -> None:
    answer = system(*WORKS).post("/api/v1/webhooks", json={"name": "x", "url": url})
    assert answer.status_code == 422


def test_the_directory_says_what_may_be_opened(system: System) -> None:
    directory = system(*WORKS).get("/api/v1/directory").json()
    assert "utilities" in {one["key"] for one in directory["categories"]}
    assert {"zh-CN", "en-US"} <= set(directory["languages"])


def test_a_token_of_a_department_sees_the_calls_about_its_tickets(
    system: System, database: Database
) -> None:
    book = CallBook(database, NOON)
    book.ticket("10000008", book.call("CA1"), department="agriculture")
    book.ticket("10000016", book.call("CA2"), department="housing")
    everywhere = system(Right.calls_view)
    assert {line["sid"] for line in everywhere.get("/api/v1/calls").json()["items"]} == {
        "CA1",
        "CA2",
    }
    own = system(Right.calls_view, department="agriculture", name="farm")
    assert [line["sid"] for line in own.get("/api/v1/calls").json()["items"]] == ["CA1"]
    assert own.get("/api/v1/calls/CA1").status_code == 200
    assert own.get("/api/v1/calls/CA2").status_code == 404


def test_calls_are_listed_without_callers(system: System) -> None:
    answer = system(Right.calls_view).get("/api/v1/calls")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})
    assert system(Right.calls_view, name="b").get("/api/v1/calls/CA1").status_code == 404


def test_the_document_describes_every_operation(system: System) -> None:
    document = system(*WORKS).get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert "4XX" in operation["responses"]
    page = system(*WORKS, name="reader").get("/api/v1")
    assert (page.status_code, "POST /api/v1/tickets" in page.text) == (200, True)
