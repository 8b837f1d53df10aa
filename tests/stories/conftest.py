"""How stories are told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.stories.county import Story, play

Teller = Callable[..., None]


@pytest.fixture
def tell(database_url: str, tmp_path: Path) -> Teller:
    """Play a story on a fresh database: once on SQLite and once on PostgreSQL."""

    def teller(story: Story, **world: Any) -> None:
        play(story, database_url, tmp_path, **world)

    return teller


@pytest.fixture
def tell_briefly(sqlite_url: str, tmp_path: Path) -> Teller:
    """Play a story on SQLite only: for what does not touch SQL differently."""

    def teller(story: Story, **world: Any) -> None:
        play(story, sqlite_url, tmp_path, **world)

    return teller
