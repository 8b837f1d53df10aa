"""The rights matrix, generated from the routes: every route × every role × own and other department.

It knows nothing of the routes but what they declare, so it holds for those that are added later.
A route that takes the key of something (`{number}`, `{sid}`, …) is asked for one in the own and one
in the other department when `things.py` knows how to make one, else for one that is not there.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from app.database import Database
from app.main import Service, create_app
from app.people.access.rights import COUNTY_WIDE, FOR_SYSTEMS, RIGHTS, Right, Role
from app.people.access.visitor import Kind, Visitor
from app.people.sessions.service import open_session
from app.people.tokens.service import TokenWish, make_token
from app.web.access import Way
from app.web.csrf import CsrfToken
from app.web.route_check import Declared, RightsError, check_routes, declared_routes
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount, Route
from tests.people.asking import Told, ask
from tests.people.people import MORNING, OPERATOR, door, take_on
from tests.people.things import OBJECTS, Keys, Maker, maker_of

OWN, OTHER = "agriculture", "housing"
SECRET = {OWN: "OWN-AREA-CANARY", OTHER: "OTHER-AREA-CANARY"}
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_numbers = count(1)


@dataclass
class Key:
    """The cookie or token somebody asks with."""

    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""


@dataclass
class World:
    """The application with something in each department."""

    app: FastAPI
    service: Service
    routes: list[Declared]
    things: dict[tuple[Maker, str], Keys] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The database of the service."""
        return self.service.database

    def person(self, role: Role, department: str, region: str = "*") -> Key:
        """Somebody with one role, signed in a moment ago."""
        login = f"{role}.{department.replace('*', 'all')}.{next(_numbers)}"
        person = take_on(self.database, login, (role, department, region))
        opened = door()
        with self.database.writing() as connection:
            open_session(
                connection, staff_id=person.id, way="password", needs_code=False, door=opened
            )
        return Key({"cookie": f"hotline={opened.token}"}, opened.key)

    def system(self, *rights: Right) -> Key:
        """A system with a token."""
        token, by = f"token-{next(_numbers)}", Visitor(Kind.operator, name="tests")
        wish = TokenWish(token, frozenset(rights), MORNING + timedelta(days=1))
        with self.database.writing() as connection:
            make_token(connection, wish, token=token, by=by, at=MORNING)
        return Key({"authorization": f"Bearer {token}"})

    def ask(self, route: Declared, key: Key, department: str = OWN) -> Told:
        """Ask a route for something of a department, as our own pages would."""
        headers = {"host": "testserver", "origin": "http://testserver", **key.headers}
        if key.session:
            headers["x-csrf-token"] = str(CsrfToken(lambda: key.session))
        form = "application/json" if route.path.startswith("/api") else _FORM
        headers |= {"content-type": form}
        body = b"{}" if form != _FORM else FILLED.encode()
        keys = self.keys(route, department)
        path = PARAMETER.sub(lambda found: keys.get(found.group(1), "1"), route.path)
        return asyncio.run(ask(self.app, route.method, f"{path}?{ASKED}", headers, body))

    def keys(self, route: Declared, department: str) -> Keys:
        """The keys of something in a department, by the parameters of a path that names one."""
        make = maker_of(route.path, set(PARAMETER.findall(route.path)))
        if make is None:
            return {}
        known = (make, department)
        if route.method != "GET" or known not in self.things:  # an act is done to one of its own
            self.things[known] = make(self.service, department, SECRET[department])
        return self.things[known]


_FORM = "application/x-www-form-urlencoded"
# What the fields of forms and addresses that must not be empty are filled in with.
FILLED, ASKED = "seconds=1&begin=1&end=2", "listen=1"


@pytest.fixture
def settings_given() -> dict[str, object]:
    return {"twilio_api_base_url": "http://127.0.0.1:9"}  # nobody is there: no call is placed


@pytest.fixture
def world(service: Service) -> World:
    app = create_app(service=service)
    for department, secret in SECRET.items():
        for _, _, make in OBJECTS:
            make(service, department, secret)
    return World(app, service, declared_routes(app))


def by_way(world: World, *ways: Way) -> Iterator[tuple[Declared, Right | None]]:
    for route in world.routes:
        assert route.access is not None
        if route.access.way in ways:
            yield route, route.access.right


def takes_object(route: Declared) -> bool:
    """Whether something of a department is named in the path, and how to make one is known."""
    return maker_of(route.path, set(PARAMETER.findall(route.path))) is not None


# What is refused beyond the door, for somebody who may come in: by a rule of its own.
RULES = {
    ("GET", "/console/recordings/{sid}/audio/{view}"): "sound is for who has said that they listen",
}


def refused(told: Told) -> bool:
    """Whether the door stayed shut."""
    to_sign_in = told.headers.get("location", "").startswith("/console/sign-in?")
    return told.status in (401, 403) or (told.status == 303 and to_sign_in)


def report(wrong: list[str]) -> None:
    assert not wrong, "\n".join(["the matrix has exceptions:", *wrong])


def test_every_route_declares_its_visitors(world: World) -> None:
    assert len(world.routes) > 40
    assert [route for route in world.routes if route.access is None] == []


def test_nobody_comes_in_without_signing_in(world: World) -> None:
    wrong = []
    for key in (
        Key(),
        Key({"cookie": "hotline=made-up"}),
        Key({"authorization": "Bearer made-up"}),
    ):
        for route, _ in by_way(world, Way.session, Way.half, Way.token):
            told = world.ask(route, key)
            if not refused(told) or (
                route.access and route.access.way is Way.token and told.status != 401
            ):
                wrong.append(f"{route.method} {route.path}: {told.status}")
    report(wrong)


def test_what_is_public_is_open_to_everybody(world: World) -> None:
    wrong = []
    for route, _ in by_way(world, Way.public):
        told = world.ask(route, Key())
        forged = route.method != "GET" and told.status == 403  # no token: not from our own pages
        if (refused(told) and not forged) or (told.status == 500):
            wrong.append(f"{route.method} {route.path}: {told.status}")
        if route.method != "GET" and not forged:
            wrong.append(f"{route.method} {route.path}: a forged request got {told.status}")
    report(wrong)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("area", ["*", OWN])
def test_each_role_comes_in_where_its_rights_say(world: World, role: Role, area: str) -> None:
    wrong, key, acted = [], Key(), False
    for route, right in by_way(world, Way.session, Way.half):
        if not key.session or route.method != "GET" or acted:
            key = world.person(role, area)  # an act may have ended the former session
        acted = route.method != "GET"
        granted = right is None or (
            right in RIGHTS[role] and (area == "*" or right not in COUNTY_WIDE)
        )
        told = world.ask(route, key)
        inside = told.status != 403 or (route.method, route.path) in RULES
        if granted and (not inside or (refused(told) and told.status != 403)):
            wrong.append(
                f"{role} in {area}, {route.method} {route.path}: {told.status}, not let in"
            )
        if not granted and told.status != 403:
            wrong.append(f"{role} in {area}, {route.method} {route.path}: {told.status}, let in")
        if told.status == 500:  # 502 and 503 say that the provider or the database is away
            wrong.append(f"{role} in {area}, {route.method} {route.path}: {told.status}")
    report(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_reaches_into_another_department(world: World, role: Role) -> None:
    wrong, key, acted = [], Key(), False
    for route, right in by_way(world, Way.session):
        if right not in RIGHTS[role] or right in COUNTY_WIDE:
            continue
        if not key.session or route.method != "GET" or acted:
            key = world.person(role, OWN)
        acted = route.method != "GET"
        told = world.ask(route, key, OTHER)
        if takes_object(route) and told.status != 404:
            wrong.append(f"{role}, {route.method} {route.path}: {told.status} for another's")
        if SECRET[OTHER].lower().encode() in told.body.lower():
            wrong.append(f"{role}, {route.method} {route.path}: told of another department")
        if takes_object(route) and route.method == "GET" and route.path.count("{") == 1:
            told = world.ask(route, key, OWN)
            if told.status >= 400:
                wrong.append(f"{role}, {route.method} {route.path}: {told.status} for their own")
    report(wrong)


@pytest.mark.parametrize("given", sorted(FOR_SYSTEMS))
def test_a_system_does_what_its_token_says(world: World, given: Right) -> None:
    wrong, key = [], world.system(given)
    for route, right in by_way(world, Way.token):
        told = world.ask(route, key)
        if (told.status == 403) is (right == given) or told.status in (401, 500):
            wrong.append(f"{given}, {route.method} {route.path}: {told.status}")
    for route, _ in by_way(world, Way.session, Way.half):
        if not refused(world.ask(route, key)):
            wrong.append(f"{given}, {route.method} {route.path}: a page opened by a token")
    report(wrong)


def test_no_session_opens_the_api(world: World) -> None:
    key = world.person(Role.supervisor, "*")
    report(
        [
            f"{route.method} {route.path}"
            for route, _ in by_way(world, Way.token)
            if world.ask(route, key).status != 401
        ]
    )


def test_every_act_of_a_page_needs_its_csrf_token(world: World) -> None:
    wrong = []
    for role in Role:
        key = world.person(role, "*")
        bare = Key(key.headers)
        for route, right in by_way(world, Way.session, Way.half):
            if route.method != "GET" and (right is None or right in RIGHTS[role]):
                told = world.ask(route, bare)
                if told.status != 403:
                    wrong.append(f"{role}, {route.method} {route.path}: {told.status}")
    report(wrong)


async def _open() -> str:
    return ""


def _undeclared_router() -> APIRouter:
    inner, outer = APIRouter(), APIRouter(prefix="/inner")
    inner.add_api_route("/open", _open, methods=["POST"])
    outer.include_router(inner)
    return outer


@pytest.mark.parametrize(
    ("add", "named"),
    [
        (lambda app: app.add_api_route("/open", _open), "GET /open"),
        (lambda app: app.include_router(_undeclared_router()), "POST /inner/open"),
        (lambda app: app.mount("/m", FastAPI(docs_url=None, redoc_url=None)), "GET /m/openapi"),
        (lambda app: app.router.routes.append(Route("/plain", _open)), "GET /plain"),
        (lambda app: app.mount("/asgi", lambda scope, receive, send: None), "ANY /asgi"),
        (
            lambda app: app.router.routes.append(Mount("/r", routes=[Route("/x", _open)])),
            "GET /r/x",
        ),
        (lambda app: app.add_api_websocket_route("/ws", _open), "WEBSOCKET /ws"),
    ],
)
def test_an_undeclared_route_does_not_start(
    app: FastAPI, add: Callable[[FastAPI], object], named: str
) -> None:
    check_routes(app)
    add(app)
    with pytest.raises(RightsError, match=re.escape(named)):
        check_routes(app)


def test_the_start_itself_checks(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.web import application

    leaky = APIRouter()
    leaky.add_api_route("/console/leak", _open)
    monkeypatch.setattr(application, "ROUTES", leaky)
    with pytest.raises(RightsError, match="GET /console/leak"):
        create_app(service=service)


def test_the_operator_is_no_visitor_of_pages() -> None:
    assert OPERATOR.staff_id is None
    assert json.dumps(OPERATOR.actor) == '"cli:tests"'
