"""What the knowledge base writes down."""

from datetime import UTC, datetime

from app.calls.facts import CallFacts
from app.database import Database
from app.flows.effects import NotUnderstood, PolicyRead
from app.policies.models import PolicyReading, UnansweredWords
from app.policies.service import record_reading, record_unanswered
from sqlalchemy import Connection, select, text

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CALL = CallFacts(sid="CA1", caller="+8613800138000", language="zh-CN", at=AT)


def test_each_reading_is_a_row_of_its_own(database: Database) -> None:
    with database.writing() as connection:
        record_reading(connection, PolicyRead("support-amount", "short", repeated=False), CALL)
        record_reading(connection, PolicyRead("support-amount", "full", repeated=True), CALL)
        rows = _rows(connection, PolicyReading)
    assert [(row["part"], row["repeated"]) for row in rows] == [("short", False), ("full", True)]
    assert {row["article"] for row in rows} == {"support-amount"}
    assert {(row["call_sid"], row["language"], row["at"]) for row in rows} == {("CA1", "zh-CN", AT)}


def test_words_nobody_understood_are_kept_encrypted(database: Database) -> None:
    with database.writing() as connection:
        record_unanswered(connection, NotUnderstood("policy.ask", "今天天气怎么样"), CALL)
        (row,) = _rows(connection, UnansweredWords)
        stored = connection.execute(text("SELECT words FROM unanswered_words")).scalar_one()
    assert (row["node"], row["words"], row["at"]) == ("policy.ask", "今天天气怎么样", AT)
    assert "天气" not in stored


def _rows(
    connection: Connection, table: type[PolicyReading | UnansweredWords]
) -> list[dict[str, object]]:
    found = connection.execute(select(table.__table__).order_by(table.id)).mappings()
    return [dict(row) for row in found]
