"""Votes in SQL, on both databases: sealed while open, counted once, and nobody's afterwards."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from app.calls.facts import CallFacts
from app.database import Database
from app.flows.directory import Dialling
from app.flows.hearing import CastBallot, HearingLookup
from app.hearings import service, store, voting
from app.hearings.conduct import Conductor
from app.hearings.errors import HearingError, VoteOverError
from app.hearings.looking import find
from app.hearings.models import HearingBallot, HearingEvent, HearingLeg, HearingVote, SealedBallot
from app.hearings.service import HearingWish, MemberWish, VoteWish
from sqlalchemy import insert, select, update
from tests.fixtures.office import NOON

OFFICE = "staff:1"


class Hall:
    """An open hearing of three representatives and an observer, all on the line."""

    def __init__(self, database: Database) -> None:
        self.database = database
        numbers: Iterator[int] = count(7)
        self.random_hex = lambda: (
            f"{next(numbers) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"
        )
        self.conductor = Conductor(self.random_hex)
        wish = HearingWish("听证会", NOON + timedelta(hours=1), "number", 2, 60, ())
        people = [
            MemberWish(f"代表{n}", f"+861380013800{n}", "representative", "zh-CN")
            for n in (1, 2, 3)
        ]
        people.append(MemberWish("旁听", "+8613800138009", "observer", "zh-CN"))
        question = VoteWish({"zh-CN": "同意吗？"}, {"zh-CN": ["同意", "反对"]})
        with database.writing() as connection:
            self.id = service.plan(connection, wish, OFFICE, NOON, self.random_hex)
            service.add_members(
                connection, self.id, people, Dialling(), OFFICE, NOON, self.random_hex
            )
            self.vote = service.prepare_vote(connection, self.id, question, OFFICE, NOON)
            for member in store.need(connection, self.id).members:
                connection.execute(
                    insert(HearingLeg).values(
                        id=f"{member.id:032x}", hearing_id=self.id, member_id=member.id,
                        token=f"{member.id:032x}", call_sid=f"CA{member.position}",
                        state="attending", dialled_in=False, created_at=NOON, consented_at=NOON,
                    )
                )  # fmt: skip
        self.does("open")

    def does(self, act: Any) -> None:
        with self.database.writing() as connection:
            session = store.need(connection, self.id)
            self.conductor.conduct(connection, session, act, NOON, OFFICE)

    def votes(self, number: int, choice: str) -> None:
        with self.database.writing() as connection:
            effect = CastBallot(str(self.vote), choice)
            voting.cast(connection, effect, CallFacts(f"CA{number}", "", "zh-CN", NOON))

    def looks(self, number: int) -> Any:
        with self.database.reading() as connection:
            facts = CallFacts(f"CA{number}", "", "zh-CN", NOON)
            return find(connection, HearingLookup(str(self.id)), facts)

    def check(self) -> voting.Check:
        with self.database.reading() as connection:
            return voting.check_count(connection, self.id, self.vote)

    def rows(self, table: Any) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(table.__table__)))


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall(database)


def test_each_counts_once_however_often_they_vote(hall: Hall) -> None:
    hall.does("vote")
    for number, choice in ((1, "1"), (2, "2"), (1, "2"), (1, "1"), (3, "1")):
        hall.votes(number, choice)
    assert hall.looks(1).vote.mine == "1"
    assert hall.looks(2).vote.mine == "2"
    hall.does("close_vote")
    (vote,) = hall.rows(HearingVote)
    assert json.loads(vote.tally) == {"1": 2, "2": 1}
    assert hall.check().is_sound


def test_closed_there_is_nothing_left_that_names_a_voter_of_a_ballot(hall: Hall) -> None:
    hall.does("vote")
    for number in (1, 2, 3):
        hall.votes(number, str(number % 2 + 1))
    (vote,) = hall.rows(HearingVote)
    assert (vote.tally, vote.head) == ("", "")  # sealed: no interim result
    hall.does("close_vote")
    (vote,) = hall.rows(HearingVote)
    assert (vote.secret, hall.rows(SealedBallot)) == ("", [])
    ballots = hall.rows(HearingBallot)
    assert [one.token for one in ballots] == sorted(one.token for one in ballots)
    assert not any("voted" in event.event for event in hall.rows(HearingEvent))


def test_a_ballot_that_is_changed_afterwards_is_found(hall: Hall) -> None:
    hall.does("vote")
    hall.votes(1, "1")
    hall.votes(2, "2")
    hall.does("close_vote")
    with hall.database.writing() as connection:
        connection.execute(update(HearingBallot).values(choice="1"))
        connection.execute(update(HearingVote).values(tally='{"1": 2}'))
    check = hall.check()
    assert (check.tally_agrees, check.chain_holds, check.is_sound) == (True, False, False)


def test_who_may_not_vote_and_what_comes_too_late_is_refused(hall: Hall) -> None:
    with pytest.raises(VoteOverError):
        hall.votes(1, "1")  # not open yet
    hall.does("vote")
    for number, choice in ((4, "1"), (1, "3"), (9, "1")):  # an observer, no option, nobody
        with pytest.raises(VoteOverError):
            hall.votes(number, choice)
    assert hall.looks(4).vote is None
    hall.does("close_vote")
    with pytest.raises(VoteOverError):
        hall.votes(1, "1")
    assert hall.rows(HearingBallot) == []
    assert hall.check().is_sound


def test_below_the_quorum_no_vote_opens_and_an_open_one_is_counted_at_the_end(hall: Hall) -> None:
    with hall.database.writing() as connection:
        connection.execute(
            update(HearingLeg).where(HearingLeg.call_sid.in_(("CA2", "CA3"))).values(state="left")
        )
    with pytest.raises(HearingError, match="1 are present and 2 are needed"):
        hall.does("vote")
    with hall.database.writing() as connection:
        connection.execute(update(HearingLeg).values(state="attending"))
    hall.does("vote")
    hall.votes(2, "1")
    with pytest.raises(HearingError, match="cannot be called during a vote"):
        hall.does("roll_call")
    hall.does("end")
    assert hall.check().is_sound
    assert hall.looks(2).state == "closed"
