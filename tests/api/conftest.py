"""Another system of the county, with its tokens, at the real application."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from app.database import Database
from app.main import Service, assemble, create_app
from app.people.access.rights import Right
from app.people.access.visitor import PUBLIC
from app.people.tokens.service import TokenWish, make_token
from starlette.testclient import TestClient
from tests.stories.county import story_settings

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class StillClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    settings = story_settings(database_url, "http://testserver", "http://127.0.0.1:1", tmp_path)
    made = assemble(settings, StillClock())
    made.journal.start()
    yield made
    made.journal.close()
    made.database.close()


@pytest.fixture
def database(service: Service) -> Database:
    return service.database


System = Callable[..., TestClient]


@pytest.fixture
def system(service: Service) -> System:
    """Makes a client with a token that has these rights in one department (`*`: all)."""
    app = create_app(service=service)

    def maker(*rights: Right, department: str = "*", name: str = "town") -> TestClient:
        token = secrets.token_urlsafe(32)
        wish = TokenWish(name, frozenset(rights), NOON + timedelta(days=30), department)
        with service.database.writing() as connection:
            make_token(connection, wish, token=token, by=PUBLIC, at=NOON)
        return TestClient(
            app, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False
        )

    return maker
