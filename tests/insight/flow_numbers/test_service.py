"""Counting: each call once, whoever counts, whenever they die; and the sums of days and versions."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from app.calls.facts import CallEnded
from app.calls.models import Call, CallEvent
from app.database import Database, blind_index
from app.insight.flow_numbers import queries, service
from app.insight.flow_numbers.models import CallToCount
from app.insight.flow_numbers.queries import Span, Way
from app.insight.flow_numbers.service import count_due, expect
from sqlalchemy import func, insert, select, update

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
LATER = NOON + timedelta(days=3)
MENU_STATE = '{"n":"main.menu","l":"zh-CN"}'


def ended(
    database: Database, sid: str, *, at: datetime = NOON, version: str = "v1", state: str | None = MENU_STATE,
    outcome: str = "abandoned", direction: str = "inbound",
) -> None:  # fmt: skip
    """A call that heard the menu for twenty seconds, pressed a key that is none, and hung up."""
    over = at + timedelta(seconds=20)
    with database.writing() as connection:
        connection.execute(
            insert(Call).values(
                sid=sid, direction=direction, caller="+8613800138000",
                caller_index=blind_index("+8613800138000"), called="+867451012345",
                status="completed", status_rank=4, started_at=at, ended_at=over, seconds=20,
                language="zh-CN", flow_version=version, node="main.menu" if state else "",
                state=state, step=2, outcome=outcome,
            )
        )  # fmt: skip
        steps = [
            ("step:0", at, "main.greeting", '{"given":"started"}'),
            ("step:1", at + timedelta(seconds=9), "main.menu",
             '{"given":"pressed","keys":"7","rule":"wrong"}'),
        ]  # fmt: skip
        for key, when, node, detail in steps if state else ():
            connection.execute(
                insert(CallEvent).values(
                    call_sid=sid, key=key, kind="step", at=when, node=node, detail=detail
                )
            )
        expect(connection, CallEnded(sid, "completed", over, ""))


def waiting(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(CallToCount)).scalar_one()


def menu(database: Database, span: Span | None = None) -> queries.NodeNumbers | None:
    with database.reading() as connection:
        found = queries.node_numbers(connection, span or Span(MONDAY, TUESDAY))
    return found.get("main.menu")


def test_a_call_is_counted_two_minutes_after_its_end(database: Database) -> None:
    ended(database, "CA1")
    with database.reading() as connection:
        assert not queries.anything_due(connection, NOON + timedelta(seconds=100))
        assert queries.anything_due(connection, NOON + timedelta(seconds=150))
    assert count_due(database, NOON + timedelta(seconds=100)) == 0
    assert count_due(database, NOON + timedelta(seconds=150)) == 1
    assert count_due(database, LATER) == 0
    assert menu(database) == queries.NodeNumbers(
        visits=1, callers=1, seconds=20, wrongs=1, hang_ups=1, lost=1
    )


def test_two_workers_at_once_count_each_call_once(database: Database) -> None:
    for number in range(30):
        ended(database, f"CA{number}")
    together = Barrier(2)

    def work() -> None:
        together.wait(timeout=10)
        count_due(database, LATER)

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    counted = menu(database)
    assert counted is not None
    assert (counted.visits, counted.wrongs, waiting(database)) == (30, 30, 0)


def test_a_worker_that_dies_while_it_counts_has_counted_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(database, "CA1")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "_add", dies)
    with pytest.raises(KeyboardInterrupt):
        count_due(database, LATER)
    assert (menu(database), waiting(database)) == (None, 1)
    monkeypatch.undo()
    count_due(database, LATER)
    assert menu(database) is not None
    assert waiting(database) == 0


def test_an_inbound_call_waits_for_its_judgement_but_not_for_ever(database: Database) -> None:
    ended(database, "CA1", outcome="")
    assert count_due(database, NOON + timedelta(minutes=5)) == 0
    with database.writing() as connection:
        connection.execute(update(Call).values(outcome="policy"))
    assert count_due(database, NOON + timedelta(minutes=6)) == 1
    ended(database, "CA2", outcome="")
    assert count_due(database, NOON + timedelta(minutes=16)) == 1
    with database.reading() as connection:
        journeys = queries.journeys(connection, Span(MONDAY, MONDAY))
    assert journeys == {("acted", "policy"): 1, ("acted", ""): 1}


def test_a_leg_that_went_through_no_flow_is_let_go(database: Database) -> None:
    ended(database, "CA1", state=None, outcome="", direction="outbound-dial")
    assert count_due(database, LATER) == 1
    assert (menu(database), waiting(database)) == (None, 0)


def test_numbers_are_summed_by_days_and_versions(database: Database) -> None:
    ended(database, "CA1")
    ended(database, "CA2", version="v2")
    ended(database, "CA3", at=NOON + timedelta(days=1), version="v2")
    count_due(database, LATER)
    visits = [
        counted.visits if (counted := menu(database, span)) else 0
        for span in (
            Span(MONDAY, TUESDAY), Span(MONDAY, MONDAY), Span(MONDAY, TUESDAY, "v2"),
            Span(TUESDAY, TUESDAY, "v1"),
        )
    ]  # fmt: skip
    assert visits == [3, 2, 2, 0]
    with database.reading() as connection:
        span = Span(MONDAY, TUESDAY)
        assert queries.ways(connection, span) == [Way("main.greeting", "main.menu", "", 3)]
        versions = queries.versions(connection, span)
    assert [(one.version, one.since, one.until) for one in versions] == [
        ("v2", MONDAY, TUESDAY), ("v1", MONDAY, MONDAY)
    ]  # fmt: skip
