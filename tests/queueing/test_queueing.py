"""Whom to ring, who comes first, who has a caller: on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from app.calls.facts import CallFacts, CallOrigin
from app.calls.models import Call
from app.database import Database, blind_index
from app.flows.context import PersonFound, PersonLookup
from app.flows.directory import Dialling
from app.flows.effects import EndRinging, HoldCaller, RingStaff, WaitOn
from app.flows.inputs import NOT_LET_OUT
from app.people.skills.models import StaffSkill
from app.queueing import claims, queries, service
from app.queueing.claims import Claimant
from app.queueing.crew import FAILED, crew, occupied
from app.queueing.desk import Desk
from app.queueing.errors import BusyError, GoneError, StaffBusyError, TakenError
from app.queueing.models import QueuedCaller, StaffRing
from app.queueing.resting import resting, ring_again
from app.queueing.targets import answering, by_day
from sqlalchemy import insert, select, update
from tests.people.roster.test_roster import NOW, employ, put_on_duty
from tests.tickets.clocks.town import shipped_directory

DIRECTORY = shipped_directory()
DESK = Desk(lambda: DIRECTORY)
FIRST, SECOND = DIRECTORY.duty.officers


def call(number: int, after: float = 0) -> CallFacts:
    at = NOW + timedelta(seconds=after)
    return CallFacts(f"CA{number}", f"+861380013800{number}", "zh-CN", at)


def found(
    database: Database, facts: CallFacts, target: str = "desk", ring: str = "in_turn"
) -> PersonFound:
    with database.reading() as connection:
        return DESK.find(connection, PersonLookup(target, ring), facts)


def numbers(told: PersonFound) -> list[str]:
    return [callee.number for callee in told.callees]


def do(database: Database, handler: Any, effect: Any, facts: CallFacts) -> None:
    with database.writing() as connection:
        handler(connection, effect, facts)


def rings(database: Database, facts: CallFacts, *rung: str) -> None:
    do(database, service.ring, RingStaff("desk", rung, 15), facts)


def waits(database: Database, facts: CallFacts, position: int = 1) -> None:
    do(database, service.hold, HoldCaller("desk", position), facts)


def test_who_may_be_called_back_is_on_the_site_s_own_list(database: Database) -> None:
    caller = call(1)
    abroad = replace(caller, caller="+85223456789")
    assert found(database, caller).may_call_back
    assert not found(database, abroad).may_call_back
    dialling = Dialling(prefixes=["+86", "+852"])
    desk = Desk(lambda: DIRECTORY.model_copy(update={"dialling": dialling}))
    with database.reading() as connection:
        assert desk.find(connection, PersonLookup("desk", "in_turn"), abroad).may_call_back


def test_the_roster_comes_before_the_directory(database: Database) -> None:
    assert numbers(found(database, call(1))) == [FIRST, SECOND]
    li = employ(database, "li", "+8613900139000")
    put_on_duty(database, li, "2026-11-23 08:00", "2026-11-23 20:00", department="")
    assert numbers(found(database, call(1))) == ["+8613900139000"]
    assert numbers(found(database, call(1), "department:water")) == ["+867451000306"]
    assert numbers(found(database, call(1), "staff:li")) == ["+8613900139000"]
    assert numbers(found(database, call(1), "staff:nobody")) == ["+8613900139000"]


def test_a_skill_is_had_by_those_on_duty_who_speak_or_can_it(database: Database) -> None:
    li = employ(database, "li", "+8613900139000")
    wang = employ(database, "wang", "+8613900139001")
    for one, where in ((li, "water"), (wang, "justice")):
        put_on_duty(database, one, "2026-11-23 08:00", "2026-11-23 20:00", department=where)
    with database.writing() as connection:
        connection.execute(insert(StaffSkill).values(staff_id=wang, skill="yue-HK"))
    assert numbers(found(database, call(1), "skill:yue-HK")) == ["+8613900139001"]
    both = ["+8613900139000", "+8613900139001"]
    assert numbers(found(database, call(1), "skill:zh-CN")) == both
    assert numbers(found(database, call(1), "skill:en-US")) == [FIRST, SECOND]


def test_a_telephone_that_may_not_be_rung_is_left_out_and_told(database: Database) -> None:
    for login, number in (("li", "+8611"), ("wang", "+14155550100"), ("zhao", "+8613900139000")):
        one = employ(database, login, number)
        put_on_duty(database, one, "2026-11-23 08:00", "2026-11-23 20:00", department="")
    assert numbers(found(database, call(1))) == ["+8613900139000"]
    with database.reading() as connection:
        troubles = {m.contact.phone: m.trouble for m in crew(connection, DIRECTORY, "desk", NOW)}
    assert [bool(troubles[n]) for n in ("+8611", "+14155550100", "+8613900139000")] == [
        True, True, False,
    ]  # fmt: skip


def test_nobody_is_rung_for_two_callers(database: Database) -> None:
    rings(database, call(1), FIRST)
    assert numbers(found(database, call(2))) == [SECOND]
    with pytest.raises(StaffBusyError):
        rings(database, call(2), FIRST)
    do(database, service.end_ringing, EndRinging(False, "no-answer", 0), call(1, 15))
    told = found(database, call(1, 15))
    assert numbers(told) == [SECOND]  # and nobody twice for the same one
    do(database, service.wait_on, WaitOn(), call(1, 60))
    assert numbers(found(database, call(1, 61))) == [FIRST, SECOND]


def test_round_robin_rings_whoever_was_rung_least_lately(database: Database) -> None:
    order = []
    for number in range(4):
        facts = call(number, 100 * number)
        (next_one, *_) = numbers(found(database, facts, ring="round_robin"))
        order.append(next_one)
        rings(database, facts, next_one)
        do(database, service.end_ringing, EndRinging(True, "completed", 10), facts)
    assert order == [FIRST, SECOND, FIRST, SECOND]


def test_callers_stand_in_the_order_in_which_they_asked(database: Database) -> None:
    for number in range(3):
        waits(database, call(number, number))
    assert [found(database, call(n, 5)).position for n in range(4)] == [1, 2, 3, 4]
    told = [numbers(found(database, call(n, 5))) for n in range(3)]
    assert told == [[FIRST, SECOND], [SECOND], []]  # two are free: the third waits
    with database.reading() as connection:
        assert queries.in_line(connection, NOW + timedelta(seconds=50)) == []  # not heard of


def test_the_wait_is_what_others_waited_for_each_place(database: Database) -> None:
    def minutes(position: int) -> int | None:
        with database.reading() as connection:
            at = NOW + timedelta(minutes=30)
            return queries.wait_minutes(connection, "desk", position, at)

    for number, seconds in enumerate((90, 100, 110)):
        assert minutes(1) is None
        facts = call(number)
        waits(database, facts)
        with database.writing() as connection:
            answered = NOW + timedelta(seconds=seconds)
            connection.execute(
                update(QueuedCaller)
                .where(QueuedCaller.call_sid == facts.sid)
                .values(answered_at=answered, ended_at=answered, state="ended")
            )
    assert (minutes(1), minutes(3)) == (2, 5)


def origin(number: str, sid: str = "CA1") -> CallOrigin:
    return CallOrigin(f"leg-{number}", number, "+867451012345", "outbound-dial", sid)


def accepted(database: Database, number: str, after: float) -> bool:
    with database.writing() as connection:
        return claims.accept(connection, origin(number), NOW + timedelta(seconds=after))


def test_of_console_and_key_exactly_one_has_the_caller(database: Database) -> None:
    rings(database, call(1), FIRST)
    desk = Claimant("+8613900139000")
    with database.writing() as connection:
        claims.take(connection, "CA1", desk, NOW + timedelta(seconds=3))
    assert not accepted(database, FIRST, 4)
    assert accepted(database, desk.address, 9)
    assert accepted(database, desk.address, 9)  # the same webhook again
    assert not accepted(database, SECOND, 10)
    with database.writing() as connection, pytest.raises(TakenError):
        claims.claim(connection, "CA1", Claimant(SECOND), NOW + timedelta(seconds=30))


def test_of_many_who_claim_a_caller_at_once_exactly_one_has_them(database: Database) -> None:
    rings(database, call(1), FIRST)
    addresses = [FIRST, *(f"+861390013900{number}" for number in range(5))]
    start = Barrier(len(addresses))

    def claim(address: str) -> bool:
        start.wait()
        try:
            with database.writing() as connection:
                claims.claim(connection, "CA1", Claimant(address), NOW)
        except TakenError:
            return False
        return True

    with ThreadPoolExecutor(len(addresses)) as threads:
        has_them = list(threads.map(claim, addresses))
    assert has_them.count(True) == 1
    with database.reading() as connection:
        (holder,) = connection.execute(select(QueuedCaller.claimed_by)).scalars()
    assert holder == addresses[has_them.index(True)]


def test_a_claim_stands_ten_seconds(database: Database) -> None:
    waits(database, call(1))
    with database.writing() as connection:
        claims.take(connection, "CA1", Claimant(FIRST), NOW)
    assert found(database, call(1, 9)).claimed_at == NOW
    told = found(database, call(1, 10))
    assert (told.claimed_at, numbers(told)) == (None, [FIRST, SECOND])
    with database.writing() as connection:
        claims.take(connection, "CA1", Claimant(SECOND), NOW + timedelta(seconds=10))


def test_whoever_is_busy_or_too_late_takes_nobody(database: Database) -> None:
    rings(database, call(1), FIRST)
    waits(database, call(2))
    with database.writing() as connection, pytest.raises(BusyError):
        claims.take(connection, "CA2", Claimant(FIRST), NOW)
    with database.writing() as connection, pytest.raises(GoneError):
        claims.take(connection, "CA3", Claimant(SECOND), NOW)


def leg(
    database: Database, number: str, after: float, parent: str | None = None, sid: str = ""
) -> None:
    """A call of which nothing but its beginning was told."""
    with database.writing() as connection:
        connection.execute(
            insert(Call).values(
                sid=sid or f"leg-{after}",
                parent_sid=parent,
                direction="outbound-dial" if parent else "inbound",
                caller=number,
                caller_index=blind_index(number),
                called="+867451012345",
                started_at=NOW + timedelta(seconds=after),
                status="in-progress",
                status_rank=1,
            )
        )


def is_busy(database: Database, number: str, after: float) -> bool:
    index = blind_index(number)
    with database.reading() as connection:
        return index in occupied(connection, {index}, NOW + timedelta(seconds=after))


def test_an_emergency_of_a_caller_who_waited_before_keeps_the_officer_busy(
    database: Database,
) -> None:
    leg(database, "+8613800138001", 0, sid="CA1")
    rings(database, call(1), FIRST)
    leg(database, FIRST, 1, "CA1")  # its end is never told
    do(database, service.end_ringing, EndRinging(False, "no-answer", 0), call(1, 15))
    do(database, service.leave, service.LeaveQueue("key"), call(1, 20))
    assert not is_busy(database, FIRST, 21)
    leg(database, FIRST, 25, "CA1")
    assert is_busy(database, FIRST, 7_000)


def test_a_claim_that_is_not_let_out_stands_no_more(database: Database) -> None:
    waits(database, call(1))
    with database.writing() as connection:
        claims.take(connection, "CA1", Claimant(FIRST), NOW)
    do(database, service.end_ringing, EndRinging(False, NOT_LET_OUT, 0), call(1, 1))
    told = found(database, call(1, 2))
    assert (told.claimed_at, numbers(told)) == (None, [FIRST, SECOND])


def test_a_failing_telephone_is_left_alone_for_a_while(database: Database) -> None:
    for number in range(2):
        facts = call(number, 20 * number)
        rings(database, facts, FIRST)
        do(database, service.end_ringing, EndRinging(False, "failed", 0), facts)
        do(database, service.leave, service.LeaveQueue("message"), facts)
    assert numbers(found(database, call(3, 60))) == [SECOND]
    assert numbers(found(database, call(3, 2_000))) == [FIRST, SECOND]


def test_the_targets_are_measured_from_what_happened(database: Database) -> None:
    for number, wait in enumerate((5, 15, 40, None)):
        facts = call(number)
        rings(database, facts, FIRST)
        if wait is not None:
            with database.writing() as connection:
                at = NOW + timedelta(seconds=wait)
                claims.accept(connection, origin(FIRST, facts.sid), at)
        bridged = wait is not None
        end = EndRinging(bridged, "completed" if bridged else "no-answer", 20)
        do(database, service.end_ringing, end, call(number, 60))
        if not bridged:
            do(database, service.leave, service.LeaveQueue("message"), call(number, 61))
    with database.reading() as connection:
        told = answering(connection, NOW - timedelta(days=1), NOW + timedelta(days=1))
        days = by_day(connection, NOW + timedelta(minutes=5))
        results = connection.scalars(select(StaffRing.result).order_by(StaffRing.id)).all()
    assert (told.asked, told.connected, told.in_time, told.speed) == (4, 3, 2, 20)
    assert told.connected_share == pytest.approx(0.75)
    assert list(days.values()) == [told]
    assert results == ["accepted", "accepted", "accepted", "no_answer"]


def test_at_night_nobody_on_the_line_waits_for_a_place_that_is_kept(database: Database) -> None:
    waits(database, call(1))
    with database.writing() as connection:
        connection.execute(update(QueuedCaller).values(state="kept"))
    assert found(database, call(2, 10)).position == 2
    assert found(database, call(2, 14 * 3_600)).position == 1


def test_who_calls_again_has_the_place_that_was_kept(database: Database) -> None:
    waits(database, call(1))
    waits(database, call(2, 1))
    with database.writing() as connection:
        connection.execute(
            update(QueuedCaller)
            .where(QueuedCaller.caller_index == blind_index("+8613800138001"))
            .values(state="kept")
        )
    again = CallFacts("CA9", "+8613800138001", "zh-CN", NOW + timedelta(seconds=30))
    assert found(database, again).position == 1
    waits(database, again)
    waits(database, call(2, 30))
    with database.reading() as connection:
        in_line = queries.in_line(connection, NOW + timedelta(seconds=31))
    assert [one.waiting.call_sid for one in in_line] == ["CA9", "CA2"]


def test_a_telephone_that_failed_twice_rests_until_somebody_says_it_works(
    database: Database,
) -> None:
    index = blind_index(FIRST)
    for minute in range(2):
        facts = call(minute, 60 * minute)
        rings(database, facts, FIRST)
        do(database, service.end_ringing, EndRinging(False, "failed", 0), facts)
    later = NOW + timedelta(minutes=2)
    with database.writing() as connection:
        assert resting(connection, [index], later) == {index: NOW + timedelta(minutes=15)}
        (first, second) = crew(connection, DIRECTORY, "desk", later)
        assert (first.trouble, first.rests_until) == (FAILED, NOW + timedelta(minutes=15))
        assert not second.trouble
        ring_again(connection, index, "staff:1", later)
        assert resting(connection, [index], later) == {}
    assert numbers(found(database, call(3, 120))) == [FIRST, SECOND]


def test_nobody_on_the_line_waits_behind_a_place_just_offered_in_vain(database: Database) -> None:
    waits(database, call(1))
    with database.writing() as connection:
        tried = {"state": "kept", "tries": 1, "seen_at": NOW}
        connection.execute(update(QueuedCaller).values(**tried))
    assert found(database, call(2, 60)).position == 1
    assert found(database, call(2, 121)).position == 2


def test_whose_call_is_over_does_not_wait_whatever_comes_late(database: Database) -> None:
    caller = call(1)
    with database.writing() as connection:
        connection.execute(
            insert(Call).values(
                sid=caller.sid, direction="inbound", caller=caller.caller, caller_index="c",
                called="+867451012345", status="completed", status_rank=9, started_at=NOW,
                ended_at=NOW, language="zh-CN", flow_version="", node="", step=0, outcome="",
            )
        )  # fmt: skip
    waits(database, caller)
    rings(database, caller, FIRST)
    assert found(database, call(2)).position == 1
    assert numbers(found(database, call(2))) == [FIRST, SECOND]
