"""Texts in SQL: once by key, statuses that only rise, and who wants none."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from app.database import Database
from app.jobs.models import Job
from app.messages import service
from app.messages.models import Message
from app.messages.progress import TextProgress, log_progress
from app.messages.status import OURS, RANK
from sqlalchemy import select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CALLER = "+8613800138000"


def send(database: Database, key: str = "k", body: str = "您好", to: str = CALLER) -> bool:
    with database.writing() as connection:
        return service.send_text(connection, to=to, body=body, key=key, at=NOON)


def row(database: Database) -> Message:
    with database.reading() as connection:
        return connection.execute(select(Message.__table__)).one()  # type: ignore[return-value]


def test_a_key_is_used_once(database: Database) -> None:
    assert send(database)
    assert not send(database)
    assert send(database, "another")
    with database.reading() as connection:
        assert len(connection.execute(select(Job.id)).all()) == 2


def test_numbers_and_words_are_encrypted_at_rest(database: Database) -> None:
    send(database, body="王大爷的低保")
    with database.reading() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM messages").one()
    assert not any("低保" in str(value) or CALLER in str(value) for value in stored)


def test_a_long_body_is_shortened(database: Database) -> None:
    send(database, body="一句话说完了。" * 100)
    assert row(database).segments == 5
    assert row(database).body.endswith("。…")


def test_no_texts_to_one_who_wants_none(database: Database) -> None:
    with database.writing() as connection:
        assert service.opt_out(connection, CALLER, NOON, "text")
        assert not service.opt_out(connection, CALLER, NOON, "text")
    assert not send(database)
    with database.writing() as connection:
        assert service.opt_in(connection, CALLER)
        assert not service.opt_in(connection, CALLER)
    assert send(database)


def test_only_one_gets_to_send_it_and_it_is_signed(database: Database) -> None:
    send(database)
    with database.writing() as connection:
        first = service.begin_sending(connection, 1, NOON, lambda body: f"【热线】{body}")
        second = service.begin_sending(connection, 1, NOON, str)
    assert first == service.Outgoing(1, CALLER, "【热线】您好")
    assert second is None
    assert row(database).body == "【热线】您好"
    with database.writing() as connection:
        service.not_sent(connection, 1)
        assert service.begin_sending(connection, 1, NOON, str) is not None


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_reports_in_any_order_end_the_same(database: Database, order: tuple[str, ...]) -> None:
    send(database)
    for status in (*order, *order):
        with database.writing() as connection:
            log_progress(connection, TextProgress(1, "SM1", status), NOON)
    assert (row(database).status, row(database).sid) == ("delivered", "SM1")


@pytest.mark.parametrize(
    ("first", "then"), list(itertools.permutations(["delivered", "undelivered"]))
)
def test_the_first_end_stands(database: Database, first: str, then: str) -> None:
    send(database)
    for sid, status in (("SM1", first), ("SM2", then)):
        with database.writing() as connection:
            log_progress(connection, TextProgress(1, sid, status, "30003"), NOON)
    assert (row(database).status, row(database).sid) == (first, "SM1")


@pytest.mark.parametrize(
    "event", [TextProgress(7, "SM1", "sent"), TextProgress(1, "SM1", "strange")]
)
def test_reports_about_nothing_change_nothing(database: Database, event: TextProgress) -> None:
    send(database)
    with database.writing() as connection:
        log_progress(connection, event, NOON + timedelta(seconds=1))
    assert row(database).status == "queued"


def test_every_word_of_the_provider_has_a_rank() -> None:
    words = (  # contract, section 4.5; receiving and received are of inbound texts
        "queued sending sent failed delivered undelivered accepted scheduled read "
        "partially_delivered canceled"
    ).split()
    assert set(OURS) == set(words)
    assert set(OURS.values()) <= set(RANK)
