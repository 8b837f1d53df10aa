"""Signing in by an identity provider: a small one on 127.0.0.1 that can be told to lie."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from app.main import Service
from app.people.access.rights import Role
from app.people.audit.queries import Filters, entries
from app.people.credentials import service as credentials
from app.people.credentials.queries import credential_of
from app.people.staff.queries import all_people
from app.people.staff.service import deactivate
from app.settings import SettingsError, load_settings
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.people.browser import Browser
from tests.people.conftest import BASE, Opener
from tests.people.people import MORNING, OPERATOR, StoppedClock, person_of, take_on

CLIENT, SECRET = "hotline", "a secret of the county"
OURS, ANOTHER = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))


@dataclass
class Issuer:
    """An identity provider; `claims` and the rest are what a test lets it say."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    signing: RSAKey = field(default_factory=lambda: OURS)
    published: RSAKey | None = None
    algorithm: str = "RS256"
    challenge: str = ""
    refuses: bool = False

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    async def _configuration(self, _request: Request) -> JSONResponse:
        standard = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse(standard | self.metadata)

    async def _keys(self, _request: Request) -> JSONResponse:
        key = self.published or self.signing
        return JSONResponse({"keys": [key.as_dict(private=False)]})

    async def _token(self, request: Request) -> JSONResponse:
        form = await request.form()
        proved = create_s256_code_challenge(str(form["code_verifier"])) == self.challenge
        if self.refuses or form["code"] != "the-code" or not proved:
            return JSONResponse({"error": "invalid_grant"}, 400)
        header = {"alg": self.algorithm, "kid": "1"}
        token = jwt.encode(header, self.claims, self.signing, algorithms=[self.algorithm])
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A provider that listens."""
    made = Issuer()
    server = uvicorn.Server(
        uvicorn.Config(made.app(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    )
    started = threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.001)
        port = server.servers[0].sockets[0].getsockname()[1]
        made.url = f"http://127.0.0.1:{port}"
        started.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(10)
    yield made
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def settings_given(issuer: Issuer) -> dict[str, object]:
    return {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }


def leave(browser: Browser, issuer: Issuer, at: StoppedClock, **claims: Any) -> dict[str, str]:
    """Go to the provider, which will say so; what it was asked."""
    answer = browser.get("/console/sign-in/oidc?next=/console/account?done=session")
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert answer.headers["location"].startswith(f"{issuer.url}/authorize?")
    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    now = int(at.now().timestamp())
    issuer.challenge = asked["code_challenge"]
    issuer.claims = {
        "iss": issuer.url, "aud": CLIENT, "sub": "4711", "nonce": asked["nonce"],
        "iat": now, "exp": now + 300, "preferred_username": "Yang",
    } | claims  # fmt: skip
    return asked


def come_back(browser: Browser, asked: dict[str, str], **changes: str) -> str:
    """Return from the provider; where that leads."""
    given = {"code": "the-code", "state": asked["state"]} | changes
    answer = browser.get("/console/sign-in/oidc/callback", params=given)
    assert answer.status_code == 303
    return str(answer.headers["location"])


FAILED, UNKNOWN = "/console/sign-in?error=oidc", "/console/sign-in?error=oidc_unknown"
INSIDE = "/console/account?done=session"


def test_somebody_of_the_staff_signs_in(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock
) -> None:
    person = take_on(service.database, "yang", Role.agent, one_time=True)
    browser = browse()
    assert "/console/sign-in/oidc?next=" in browser.open("/console/sign-in").text
    asked = leave(browser, issuer, clock)
    assert asked["redirect_uri"] == f"{BASE}/console/sign-in/oidc/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked["scope"]
    assert come_back(browser, asked) == INSIDE
    assert browser.open("/console/account").status_code == 200  # no password to be replaced
    with service.database.reading() as connection:
        credential = credential_of(connection, person.id)
        acts = [(entry.act, entry.detail) for entry in entries(connection, Filters(act="sign_in."))]
    assert credential is not None
    assert credential.oidc_subject == f"{issuer.url}#4711"
    assert acts == [("sign_in.succeeded", {"way": "oidc"})]


def test_later_they_are_known_by_the_providers_name_for_them(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock
) -> None:
    take_on(service.database, "yang")
    take_on(service.database, "li")
    browser = browse()
    come_back(browser, leave(browser, issuer, clock))
    browser = browse()
    asked = leave(browser, issuer, clock, preferred_username="li")
    assert come_back(browser, asked) == INSIDE  # still yang: the subject counts
    assert 'value="Yang"' in browser.open("/console/account").text
    browser = browse()
    asked = leave(browser, issuer, clock, sub="0815", preferred_username="yang")
    assert come_back(browser, asked) == UNKNOWN  # yang belongs to another of its accounts


@pytest.mark.parametrize(
    ("claims", "where"),
    [
        ({"preferred_username": "nobody"}, UNKNOWN),
        ({"preferred_username": None, "email": "yang@county.cn", "email_verified": True}, INSIDE),
        ({"preferred_username": None, "email": "yang@county.cn"}, UNKNOWN),
        (
            {"preferred_username": None, "email": "yang@county.cn", "email_verified": "true"},
            UNKNOWN,
        ),
        ({"preferred_username": ["yang"]}, UNKNOWN),
    ],
)
def test_nobody_is_added_by_signing_in(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock,
    claims: dict[str, Any], where: str,
) -> None:  # fmt: skip
    take_on(service.database, "yang")
    take_on(service.database, "yang@county.cn")
    browser = browse()
    assert come_back(browser, leave(browser, issuer, clock, **claims)) == where
    with service.database.reading() as connection:
        assert len(all_people(connection)) == 2
    assert (browser.open("/console/account").status_code == 200) is (where == INSIDE)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(MORNING.timestamp()) - 61},
        {"exp": None},
        {"iat": int(MORNING.timestamp()) + 600},
        {"sub": None},
    ],
)
def test_a_token_that_was_not_made_for_this_sign_in_is_refused(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock, claims: dict[str, Any]
) -> None:
    take_on(service.database, "yang")
    browser = browse()
    assert come_back(browser, leave(browser, issuer, clock, **claims)) == FAILED
    assert browser.open("/console/account").status_code == 303


def _other_key(issuer: Issuer) -> None:
    issuer.published = ANOTHER


def _refusing(issuer: Issuer) -> None:
    issuer.refuses = True


def _renamed(issuer: Issuer) -> None:
    issuer.metadata = {"issuer": "https://evil.example"}


def _unsafe(issuer: Issuer) -> None:
    issuer.metadata = {"token_endpoint": "file:///etc/passwd"}


def _other_challenge(issuer: Issuer) -> None:
    issuer.challenge = "another"


@pytest.mark.parametrize("lie", [_other_key, _refusing, _renamed, _unsafe, _other_challenge])
def test_a_provider_that_lies_lets_nobody_in(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock, lie: Any
) -> None:
    take_on(service.database, "yang")
    browser = browse()
    asked = leave(browser, issuer, clock)
    lie(issuer)
    assert come_back(browser, asked) == FAILED
    assert browser.open("/console/account").status_code == 303


@pytest.mark.parametrize(
    "changes",
    [{"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}, {"code": "another"}],
)
def test_an_answer_to_another_question_is_refused(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock, changes: dict[str, str]
) -> None:
    take_on(service.database, "yang")
    browser = browse()
    assert come_back(browser, leave(browser, issuer, clock), **changes) == FAILED


def test_only_the_browser_that_began_can_finish_and_not_for_long(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock
) -> None:
    take_on(service.database, "yang")
    browser = browse()
    asked = leave(browser, issuer, clock)
    assert come_back(browse(), asked) == FAILED
    clock.forward(minutes=11)
    assert come_back(browser, asked) == FAILED


def test_a_deactivated_account_stays_shut(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock
) -> None:
    take_on(service.database, "yang")
    with service.database.writing() as connection:
        person = person_of(service.database, "yang")
        deactivate(connection, person, by=OPERATOR, at=MORNING)
    browser = browse()
    assert come_back(browser, leave(browser, issuer, clock)) == UNKNOWN


@pytest.mark.parametrize(("methods", "whole"), [(["pwd"], False), (["pwd", "otp"], True)])
def test_our_second_factor_is_asked_unless_theirs_was(
    service: Service, browse: Opener, issuer: Issuer, clock: StoppedClock,
    methods: list[str], whole: bool,
) -> None:  # fmt: skip
    person = take_on(service.database, "yang")
    with service.database.writing() as connection:
        credentials.begin_totp(connection, person.id, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        credentials.confirm_totp(connection, person.id, 1, ["abcde-fghjk"], MORNING)
    browser = browse()
    come_back(browser, leave(browser, issuer, clock, amr=methods))
    answer = browser.open("/console/account")
    assert (answer.status_code == 200) is whole
    if not whole:
        assert answer.headers["location"].startswith("/console/sign-in/code")


def test_a_provider_that_is_away_is_told_of(browse: Opener, issuer: Issuer) -> None:
    issuer.metadata = {"issuer": None}
    answer = browse().get("/console/sign-in/oidc")
    assert answer.headers["location"] == FAILED


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"oidc_issuer": "https://id.example"}, "set all three or none"),
        (
            {"oidc_issuer": "http://id.example", "oidc_client_id": "a", "oidc_client_secret": "b"},
            "must be https",
        ),
    ],
)
def test_settings_that_would_be_unsafe_are_refused(given: dict[str, object], sentence: str) -> None:
    good = {
        "twilio_account_sid": "AC1", "twilio_auth_token": "t",
        "secret_key": "sixteen letters!", "phone_number": "+867451012345",
    }  # fmt: skip
    with pytest.raises(SettingsError, match=sentence):
        load_settings(_env_file=None, **good | given)
