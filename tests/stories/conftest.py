"""How stories are told."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stories.county import Story, play

Teller = Callable[..., None]


@pytest.fixture(autouse=True)
def garbage_waits() -> Iterator[None]:
    """No garbage is collected while a story's threads run.

    A server that is stopped at once leaves coroutines behind; collected by a thread of the
    background, they would run there, and that ends the interpreter now and then.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def tell(database_url: str, tmp_path: Path) -> Teller:
    """Play a story on a fresh database: once on SQLite and once on PostgreSQL."""

    def teller(story: Story, **world: Any) -> None:
        play(story, database_url, tmp_path, **world)

    return teller


@pytest.fixture
def tell_briefly(sqlite_url: str, tmp_path: Path) -> Teller:
    """Play a story on SQLite only: its domain's own tests try the same SQL on both databases."""

    def teller(story: Story, **world: Any) -> None:
        play(story, sqlite_url, tmp_path, **world)

    return teller
