"""Switching notices on and off, on both databases; the board that callers hear from."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.database import Database
from app.flows.notices import NoticeTemplate
from app.notices.board import NoticeBoard
from app.notices.ending import end_of, evening, usual_end
from app.notices.queries import past, standing
from app.notices.service import NoticeError, NoticeWish, switch_off, switch_on
from app.people.audit.models import AuditEntry
from sqlalchemy import select

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FLOOD = {"zh-CN": "今天有洪水预警。", "en-US": "Flood warning."}


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def wish(**changed: Any) -> NoticeWish:
    given: dict[str, Any] = {"words": FLOOD, "default_language": "zh-CN", "until": after(60)}
    return NoticeWish(**given | changed)


def switched(database: Database, at: datetime = NOON, **changed: Any) -> int:
    with database.writing() as connection:
        return switch_on(connection, wish(**changed), "staff:1", at)


def off(database: Database, notice: int, at: datetime) -> bool:
    with database.writing() as connection:
        return switch_off(connection, notice, "staff:2", at)


def test_a_notice_is_on_until_its_end_and_is_kept_afterwards(database: Database) -> None:
    notice = switched(database, words=FLOOD | {"yue-HK": "  "})
    with database.reading() as connection:
        (on,) = standing(connection, after(59))
        assert (on.id, on.words, on.ended_by) == (notice, FLOOD, "")
        assert not standing(connection, after(60))
        assert [one.id for one in past(connection, after(60))] == [notice]
        assert not past(connection, after(60), before=notice)
    assert not off(database, notice, after(61))


def test_urgent_notices_come_first_and_no_more_than_three(database: Database) -> None:
    first, urgent = switched(database), switched(database, urgent=True)
    switched(database, until=after(5))
    with pytest.raises(NoticeError, match="3 notices are on"):
        switched(database, after(4))
    switched(database, after(5))  # one of them is over
    with database.reading() as connection:
        assert [one.id for one in standing(connection, NOON)][:2] == [urgent, first]


def test_a_ready_made_notice_is_on_once_and_gets_its_new_end(database: Database) -> None:
    first = switched(database, template="flood_warning")
    assert switched(database, after(1), template="flood_warning", until=after(600)) == first
    with database.reading() as connection:
        assert [one.ends_at for one in standing(connection, after(61))] == [after(600)]


def test_switching_off_ends_it_now_and_everything_is_audited(database: Database) -> None:
    notice = switched(database)
    switched(database, after(1), template="road_closed")
    switched(database, after(2), template="road_closed", until=after(90))
    assert off(database, notice, after(3))
    assert not off(database, notice, after(4))
    with database.reading() as connection:
        (ended,) = past(connection, after(3))
        assert (ended.id, ended.ends_at, ended.ended_by) == (notice, after(3), "staff:2")
        entries = connection.execute(
            select(AuditEntry.actor, AuditEntry.act).order_by(AuditEntry.id)
        ).all()
    assert [tuple(entry) for entry in entries] == [
        ("staff:1", "notice.switched_on"),
        ("staff:1", "notice.switched_on"),
        ("staff:1", "notice.prolonged"),
        ("staff:2", "notice.switched_off"),
    ]
    with pytest.raises(NoticeError, match="reload"):
        off(database, 99, NOON)


@pytest.mark.parametrize(
    ("changed", "chinese"),
    [
        ({"words": {"en-US": "Flood."}}, "主要语言"),
        ({"words": {"zh-CN": " "}}, "主要语言"),
        ({"words": {"zh-CN": "水" * 120}}, "最多 20 秒"),
        ({"until": NOON}, "已经过去"),
        ({"until": NOON + timedelta(days=8)}, "七天"),
    ],
)
def test_what_is_refused(database: Database, changed: dict[str, Any], chinese: str) -> None:
    with pytest.raises(NoticeError) as refused:
        switched(database, **changed)
    assert chinese in refused.value.said("zh-CN")


def test_the_board_of_every_worker_follows_and_forgets_at_the_end(database: Database) -> None:
    here, there = NoticeBoard(database), NoticeBoard(database)
    switched(database, urgent=True)
    assert not here.on(NOON)
    for board in (here, there):
        board.refresh(after(1))
        assert [(one.words, one.urgent) for one in board.spoken(after(1))] == [(FLOOD, True)]
        assert not board.spoken(after(60))


def test_with_the_database_away_the_last_known_notices_are_spoken_until_their_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = NoticeBoard(database)
    switched(database)
    board.refresh(NOON)

    def away() -> None:
        raise OSError("away")

    monkeypatch.setattr(database, "reading", away)
    with pytest.raises(OSError, match="away"):
        board.refresh(after(1))
    assert board.spoken(after(1))
    assert not board.spoken(after(61))


def test_the_ends_that_can_be_chosen() -> None:
    at_eight = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert evening(NOON) == at_eight
    assert evening(at_eight) == at_eight + timedelta(days=1)
    flood = NoticeTemplate(names={"zh-CN": "x"}, words=FLOOD, hours=3)
    assert usual_end(flood, NOON) == after(180)
    assert usual_end(flood.model_copy(update={"hours": None}), NOON) == at_eight
    usual = after(180)
    assert end_of("usual", "", usual, NOON) == usual
    assert end_of("evening", "", usual, NOON) == at_eight
    assert end_of("day", "", usual, NOON) == after(24 * 60)
    assert end_of("chosen", "2026-11-24T18:30", usual, NOON) == after(390)
    with pytest.raises(ValueError, match="Invalid"):
        end_of("chosen", "", usual, NOON)
