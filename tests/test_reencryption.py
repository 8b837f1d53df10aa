"""After a rotation every value is written anew, whatever it was written with."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from app.database import Database, cipher, column_cipher, unlock
from app.reencryption import BATCH, reencrypt
from app.tickets.households.models import Household
from sqlalchemy import insert, select, text
from tests.fixtures.databases import SECRET_KEY

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NEW_KEY = "another secret key 0123456789"
HEADS = [f"户主{number}" for number in range(BATCH + 7)]


@pytest.fixture
def households(database: Database) -> Iterator[Database]:
    rows = [
        {
            "code": f"H{number}",
            "region": "",
            "village": "青山",
            "head": head,
            "head_index": "",
            "members": 4,
            "created_at": NOW,
            "updated_at": NOW,
        }
        for number, head in enumerate(HEADS)
    ]
    with database.writing() as connection:
        connection.execute(insert(Household), rows)
        older = cipher().encrypt(HEADS[0].encode()).decode()
        connection.execute(text("UPDATE households SET head = :h WHERE code = 'H0'"), {"h": older})
    yield database
    unlock([SECRET_KEY])


def heads(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(Household.head).order_by(Household.id)).scalars())


def stored(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(text("SELECT head FROM households")).scalars())


def test_what_only_an_older_cipher_wrote_is_written_anew(households: Database) -> None:
    assert reencrypt(households) == 1
    assert heads(households) == HEADS
    assert all(column_cipher().is_current(value) for value in stored(households))


def test_after_a_rotation_all_is_written_with_the_new_key(households: Database) -> None:
    unlock([NEW_KEY, SECRET_KEY])
    assert reencrypt(households) == len(HEADS)
    assert reencrypt(households) == 0
    unlock([NEW_KEY])
    assert heads(households) == HEADS
