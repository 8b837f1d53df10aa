"""A planned hearing is changed: jobs, texts, PINs, history; and what cannot be changed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from app.database import Database
from app.flows.directory import Dialling
from app.hearings import changing, jobs, service, store
from app.hearings.changing import Changing
from app.hearings.errors import HearingError
from app.hearings.models import HearingEvent, HearingItem, HearingMember, HearingVote
from app.hearings.service import HearingWish, MemberWish, VoteWish
from app.hearings.states import Leg
from app.hearings.telling import Telling
from app.jobs.models import Job
from app.messages.composing import Composer
from app.messages.models import Message
from app.people.audit.models import AuditEntry
from sqlalchemy import Connection, select
from tests.fixtures.office import NOON
from tests.flows.folders import shipped
from tests.hearings.test_ringing import Chance

OFFICE, OTHER = "staff:7", "staff:8"
CHANCE = Chance()
CHANGING = Changing(Telling(Composer(shipped, "+867451012345")), Dialling(), CHANCE)
AT = NOON + timedelta(hours=5)
PLAN = HearingWish("听证会", AT, "number", 1, 60, (("说明", 10),))
ZHANG, LI, WANG = (
    MemberWish(name, f"+861380013800{n}", "representative", "zh-CN")
    for n, name in enumerate(("张三", "李四", "王五"), start=1)
)
QUESTION = VoteWish({"zh-CN": "同意吗？"}, {"zh-CN": ["同意", "反对"]})


def planned(connection: Connection) -> int:
    """A hearing with two members."""
    hearing = service.plan(connection, PLAN, OFFICE, NOON, CHANCE)
    service.add_members(connection, hearing, [ZHANG, LI], Dialling(), OFFICE, NOON, CHANCE)
    return hearing


def change(
    connection: Connection, hearing: int, people: Sequence[MemberWish] = (ZHANG, LI), **parts: Any
) -> None:
    """Somebody else changes it."""
    session = store.need(connection, hearing)
    CHANGING.change(connection, session, replace(PLAN, **parts), people, OTHER, NOON)


def asked(connection: Connection, kind: str) -> list[dict[str, Any]]:
    """The payloads of the jobs of a kind."""
    query = select(Job.payload).where(Job.kind == f"hearings.{kind}").order_by(Job.id)
    return [json.loads(payload) for payload in connection.execute(query).scalars()]


def test_the_jobs_of_the_old_hour_find_it_moved(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
        later, there_and_back = AT + timedelta(days=1), AT
        change(connection, hearing, starts_at=later)
        change(connection, hearing, starts_at=there_and_back)
        session = store.need(connection, hearing)
        for kind in ("ring", "expire"):
            payloads = asked(connection, kind)
            assert [one["moves"] for one in payloads] == [0, 1, 2]
            assert [jobs.is_for_its_hour(session, one) for one in payloads] == [False, False, True]
        reminders = [one for one in asked(connection, "tell") if one["text"] == "reminder"]
        assert sum(jobs.is_for_its_hour(session, one) for one in reminders) == 2


def test_who_stays_is_told_of_a_new_hour_and_of_nothing_else(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
        change(connection, hearing, title="补偿听证会", items=(("发言", 20), ("表决", 5)))
        assert [one["text"] for one in asked(connection, "tell") if one["text"] == "moved"] == []
        items = connection.execute(select(HearingItem.title, HearingItem.minutes)).all()
        assert [tuple(row) for row in items] == [("发言", 20), ("表决", 5)]
        parts = {"title": "补偿听证会", "items": (("发言", 20), ("表决", 5))}
        change(connection, hearing, starts_at=AT + timedelta(hours=1), **parts)
        moved = [one["member"] for one in asked(connection, "tell") if one["text"] == "moved"]
        assert moved == [member.id for member in store.need(connection, hearing).members]


def test_who_is_new_is_invited_and_who_is_gone_is_told_so(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
        before = {row.name: row.pin for row in connection.execute(select(HearingMember.__table__))}
        observer = replace(ZHANG, name="张三丰", role="observer")
        change(connection, hearing, [observer, WANG], title="补偿听证会")
        session = store.need(connection, hearing)
        assert [(one.name, one.role) for one in session.members] == [
            ("张三丰", "observer"), ("王五", "representative"),
        ]  # fmt: skip
        assert store.pin_of(connection, session.members[0].id) == before["张三"]
        (released,) = connection.execute(select(Message.body)).scalars()
        assert "您不用参加电话听证会“听证会”" in released, "by the title they know"
        assert asked(connection, "tell")[-2]["member"] == session.members[1].id
        # Somebody who comes back is somebody new: another number, another PIN, another invitation.
        change(connection, hearing, [observer, WANG, LI], title="补偿听证会")
        (*_, again) = store.need(connection, hearing).members
        assert store.pin_of(connection, again.id) != before["李四"]
        invited = [one["member"] for one in asked(connection, "tell") if one["text"] == "invited"]
        assert len(set(invited)) == 4


def test_its_history_names_what_was_changed_and_by_whom(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
        later = AT + timedelta(days=1)
        change(connection, hearing, [ZHANG], quorum=2, starts_at=later)
        query = select(HearingEvent.event, HearingEvent.detail, HearingEvent.actor)
        assert [tuple(row) for row in connection.execute(query.order_by(HearingEvent.id))][1:] == [
            ("changed", "quorum,people", OTHER), ("moved", later.isoformat(), OTHER),
        ]  # fmt: skip
        acts = connection.execute(
            select(AuditEntry.act, AuditEntry.actor).order_by(AuditEntry.id)
        ).all()
        assert tuple(acts[-1]) == ("hearing.changed", OTHER)
        change(connection, hearing, [ZHANG], quorum=2, starts_at=later)
        assert len(connection.execute(query).all()) == 3, "nothing was changed"


@pytest.mark.parametrize(
    ("people", "parts", "said"),
    [
        ([ZHANG], {"starts_at": NOON - timedelta(hours=1)}, "lies in the past"),
        ([ZHANG], {"title": " "}, "Write the title"),
        ([ZHANG], {"quorum": 0}, "The quorum is"),
        ([ZHANG], {"quorum_kind": "share", "quorum": 101}, "The quorum is"),
        ([ZHANG], {"floor_seconds": 5}, "A speaker has"),
        ([ZHANG], {"items": (("", 5),)}, "items"),
        ([replace(ZHANG, phone="+85223456789")], {}, "not on the list"),
    ],
)
def test_what_cannot_be_planned_cannot_be_changed_to(
    database: Database, people: list[MemberWish], parts: dict[str, Any], said: str
) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
    with pytest.raises(HearingError, match=said), database.writing() as connection:
        change(connection, hearing, people, **parts)
    with database.reading() as connection:
        assert len(store.need(connection, hearing).members) == 2
        assert connection.execute(select(Message.id)).all() == []


def test_what_has_begun_stays_as_it_is(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
        session = store.need(connection, hearing)
        (member, _) = session.members
        leg = Leg("a", member.id, "notice", "t", "CA1", 0, is_placed=False, dialled_in=True)
        session = store.add_leg(connection, session, leg, NOON)
        with pytest.raises(HearingError, match="waits already"):
            change(connection, hearing, starts_at=AT + timedelta(hours=1))
        with pytest.raises(HearingError, match="on the line already"):
            CHANGING.remove_member(connection, session, member.id, OTHER, NOON)
        store.change(connection, session, NOON, "calling", state="calling")
        with pytest.raises(HearingError, match="has begun or is over"):
            change(connection, hearing, title="别的")


def test_a_vote_is_put_in_other_words_or_taken_back_until_it_is_opened(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection)
        first = service.prepare_vote(connection, hearing, QUESTION, OFFICE, NOON)
        second = service.prepare_vote(connection, hearing, QUESTION, OFFICE, NOON)
        session = store.need(connection, hearing)
        wish = replace(QUESTION, question={"zh-CN": "同意修路吗？"})
        changing.change_vote(connection, session, first, wish, OTHER, NOON)
        changing.remove_vote(connection, session, second, OTHER, NOON)
        (vote,) = connection.execute(select(HearingVote.__table__)).all()
        assert "同意修路吗？" in vote.question
        assert [tuple(row) for row in connection.execute(select(HearingEvent.detail))][1:] == [
            ("votes",)
        ] * 2
        connection.execute(HearingVote.__table__.update().values(state="closed"))
        for refused in (
            lambda: changing.change_vote(connection, session, first, wish, OTHER, NOON),
            lambda: changing.remove_vote(connection, session, first, OTHER, NOON),
        ):
            with pytest.raises(HearingError, match="opened or is over"):
                refused()
