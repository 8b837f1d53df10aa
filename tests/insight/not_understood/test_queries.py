"""What nobody understood: the same words together, the frequent first, found by what is in them."""

from datetime import UTC, datetime, timedelta

import pytest
from app.calls.facts import CallFacts
from app.database import Database
from app.flows.effects import NotUnderstood
from app.insight.not_understood.queries import Asked, all_phrases, phrases
from app.policies.service import record_unanswered
from sqlalchemy import text

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SAID = (
    ("医保报销", "main.menu", "zh-CN"),
    ("ＴＶ  坏了", "main.menu", "zh-CN"),
    ("tv 坏了", "main.menu", "zh-CN"),
    ("医保报销", "policy.ask", "zh-CN"),
    ("医保报销", "main.menu", "zh-CN"),
    ("the bus", "main.menu", "en-US"),
)


@pytest.fixture
def said(database: Database) -> Database:
    for number, (words, node, language) in enumerate(SAID):
        facts = CallFacts(
            f"CA{number}", "+8613800138000", language, NOON + timedelta(minutes=number)
        )
        with database.writing() as connection:
            record_unanswered(connection, NotUnderstood(node, words), facts)
    return database


def asked(**about: object) -> Asked:
    return Asked(since=NOON, until=NOON + timedelta(hours=1), **about)  # type: ignore[arg-type]


def found(database: Database, question: Asked) -> list[tuple[str, str, int]]:
    with database.reading() as connection:
        return [(one.words, one.node, one.count) for one in phrases(connection, question).phrases]


def test_the_same_words_at_a_node_are_one_phrase(said: Database) -> None:
    assert found(said, asked()) == [
        ("tv 坏了", "main.menu", 2),
        ("医保报销", "main.menu", 2),
        ("the bus", "main.menu", 1),
        ("医保报销", "policy.ask", 1),
    ]
    with said.reading() as connection:
        first = phrases(connection, asked()).phrases[0]
        assert (first.calls, first.last_at) == (("CA2", "CA1"), NOON + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("about", "count"),
    [
        ({"words": "报销"}, 3),
        ({"words": "Tv"}, 2),
        ({"words": "报销 医保"}, 3),
        ({"words": "没人说过"}, 0),
        ({"node": "policy"}, 1),
        ({"node": "main.menu"}, 5),
        ({"node": "mai_"}, 0),
        ({"language": "en-US"}, 1),
    ],
)
def test_phrases_are_found_by_what_is_asked(
    said: Database, about: dict[str, str], count: int
) -> None:
    assert sum(times for _, _, times in found(said, asked(**about))) == count
    with said.reading() as connection:
        assert sum(one.count for one in all_phrases(connection, asked(**about))) == count


def test_a_page_looks_at_so_many_and_the_next_goes_on(said: Database) -> None:
    with said.reading() as connection:
        first = phrases(connection, asked(), looked_at=4)
        assert (first.utterances, first.looked_until) == (4, NOON + timedelta(minutes=2))
        second = phrases(connection, asked(before=first.next), looked_at=4)
    assert (second.utterances, second.next) == (2, None)


def test_the_words_are_not_readable_in_the_database(said: Database) -> None:
    with said.reading() as connection:
        stored = connection.execute(text("SELECT words FROM unanswered_words")).scalars().all()
    assert not any("医保" in words for words in stored)
