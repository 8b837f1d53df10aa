"""Hostile values in every field and every address of every route: refused, never a failure."""

from collections.abc import Iterator

import pytest
from app.people.access.rights import RIGHTS, Role
from app.people.staff.models import StaffGrant
from app.web.access import Way
from app.web.route_check import Declared, declared_routes
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy import insert
from starlette.testclient import TestClient
from tests.console.cases import CSRF, Cases, csrf_of
from tests.fixtures.office import NOON, Office

# Fields of the forms that read whatever they are sent.
FREE = (
    "version", "seen", "key", "why", "person", "department", "into", "sure", "other", "kind",
    "turned", "subject", "place", "name", "phone", "household", "language", "best_time", "until",
    "until_at", "outcome", "category", "priority", "action", "back", "note", "body", "way",
    "article", "part", "extent", "words", "mine", "sealed", "form",
)  # fmt: skip
VALUES = {
    "no number": "²",
    "a huge number": "9" * 400,
    "all at once": "a\x00b\x1b[2J\u202e\"'><script>alert(1)</script>" + "😀" * 1_000,
}
LEFT_ALONE = ("/console/sign-out", "/console/account", "/console/setup", "/console/live/events")


def asked(office: Office) -> list[tuple[Declared, list[str]]]:
    """The routes of people with a browser, with the names of their fields."""
    fields = {
        (method, route.path): list(_fields(getattr(route, "dependant", None)))
        for route in iter_route_contexts(office.app.routes)
        for method in getattr(route, "methods", None) or ()
    }
    return [
        (route, fields.get((route.method, route.path), []))
        for route in declared_routes(office.app)
        if route.access is not None
        and route.access.way is not Way.token
        and not route.path.startswith(LEFT_ALONE)
    ]


def _fields(dependant: Dependant | None) -> Iterator[str]:
    if dependant is None:
        return
    for field in (*dependant.query_params, *dependant.body_params):
        yield field.alias
    for further in dependant.dependencies:
        yield from _fields(further)


@pytest.fixture
def browser(office: Office) -> TestClient:
    """Somebody who may do everything."""
    person = office.hire(Role.supervisor)
    with office.database.writing() as connection:
        for role in set(RIGHTS) - {Role.supervisor}:
            granted = {"staff_id": person, "role": role, "department": "*", "region": "*"}
            connection.execute(insert(StaffGrant).values(**granted, granted_at=NOON))
    signed_in = office.client_of(person)
    return TestClient(
        office.app,
        headers={CSRF: csrf_of(signed_in)},
        cookies=dict(signed_in.cookies),
        follow_redirects=False,
        raise_server_exceptions=False,
    )


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_nothing_hostile_is_a_failure(office: Office, browser: TestClient, value: str) -> None:
    number = Cases(office).opened("水管坏了", category="land")
    failed = []
    for route, names in asked(office):
        path = route.path.replace("{number}", number)
        for name in ("sid", "view", "answer", "state", "tag", "key", "path"):
            path = path.replace(f"{{{name}}}", "%C2%B2")
        path = _with_keys(path, "9" * 30 if value.isdigit() else "1")
        data = {"csrf": browser.headers[CSRF]} | dict.fromkeys((*names, *FREE), value)
        if route.method == "GET":
            answer = browser.get(path, params=dict.fromkeys(names, value[:500]))
        else:
            answer = browser.request(route.method, path, data=data)
        if answer.status_code >= 500 or "<script>alert(1)" in answer.text:
            failed.append((route.method, path, answer.status_code, answer.text[:80]))
    assert not failed


def _with_keys(path: str, key: str) -> str:
    return "/".join(key if part.startswith("{") else part for part in path.split("/"))
