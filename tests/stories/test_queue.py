"""Waiting for a person: turns, places that are kept, two who take one caller, restarts."""

from app.calls.models import Call
from app.exchange.faults import FaultPlan
from app.exchange.phones.scripted import ScriptedCall, ScriptedPhone
from app.queueing import claims
from app.queueing.claims import Claimant
from app.queueing.models import QueuedCaller, StaffRing
from app.tickets.models import Ticket
from tests.stories.callers import walk
from tests.stories.conftest import Teller
from tests.stories.county import HOTLINE, OFFICERS, County

CALLERS = ("+8613800138000", "+8613800138001", "+8613800138002", "+8613800138003")


async def asks_for_a_person(county: County, caller: str = CALLERS[0]) -> ScriptedCall:
    """Dial the hotline and press 0."""
    call = await county.exchange.phone(caller).dial(HOTLINE)
    await walk(call, "")
    await call.presses("0")
    return call


async def takes(phone: ScriptedPhone) -> ScriptedCall:
    """The next call that rings a telephone is answered and accepted."""
    rung = await phone.rung()
    await rung.hears("接听请按 1")
    await rung.presses("1")
    await rung.is_connected()
    return rung


async def rings_at_last(phone: ScriptedPhone, patience: float) -> ScriptedCall:
    """The next call that rings a telephone, after those it did not take."""
    while (rung := await phone.rung(patience=patience)).leg.is_final:
        pass
    return rung


def telephones(county: County) -> tuple[ScriptedPhone, ScriptedPhone]:
    """Those of the two officers, who answer after two seconds."""
    first, second = (county.exchange.phone(number) for number in OFFICERS)
    first.answers(after=2)
    second.answers(after=2)
    return first, second


def outcomes(county: County) -> list[str]:
    """How each who asked for a person fared, in their order."""
    return [row["outcome"] for row in county.rows(QueuedCaller)]


def test_nobody_answers_and_silence_is_a_call_back(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await asks_for_a_person(county)
        asked = county.clock.now()
        await call.hears("现在没有工作人员能接电话")
        assert (county.clock.now() - asked).total_seconds() <= 60
        await call.hears("您的位置已经保留")
        await call.hears("感谢来电")
        await county.clock.sleep(5)
        (task,) = county.rows(Ticket)
        assert (task["kind"], task["caller"]) == ("callback", CALLERS[0])
        assert {row["result"] for row in county.rows(StaffRing)} <= {"no_answer", ""}

    tell_briefly(story)


def test_the_first_is_busy_and_the_second_takes_the_caller(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.is_busy()
        second = county.exchange.phone(OFFICERS[1])
        second.answers(after=3)
        call = await asks_for_a_person(county)
        officer = await takes(second)
        await officer.says("请讲。")
        await call.hears("请讲")
        await officer.hangs_up()
        await call.hears("感谢来电")
        await county.quiet()
        assert [row["result"] for row in county.rows(StaffRing)] == ["busy", "accepted"]
        assert outcomes(county) == ["person"]
        (row,) = county.rows(QueuedCaller)
        assert 3 <= (row["answered_at"] - row["asked_at"]).total_seconds() <= 15

    tell(story)


def test_a_machine_is_not_rung_again_for_the_same_caller(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.is_machine("您好，请留言")
        call = await asks_for_a_person(county)
        await call.hears("现在没有工作人员能接电话")
        await county.clock.sleep(3)
        rings = county.rows(StaffRing)
        assert [row["result"] for row in rings][:1] == ["machine"]
        assert county.exchange.ledger.rung().count(OFFICERS[0]) == 1

    tell_briefly(story)


def test_a_queue_of_three_is_served_in_turn_and_hears_where_it_stands(tell: Teller) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        talks = [await asks_for_a_person(county, CALLERS[0])]
        one = await takes(first)
        talks.append(await asks_for_a_person(county, CALLERS[1]))
        two = await takes(second)
        third = await asks_for_a_person(county, CALLERS[2])
        await third.hears("您排在第 1 位")
        fourth = await asks_for_a_person(county, CALLERS[3])
        await fourth.hears("您排在第 2 位")
        await one.hangs_up()
        again = await takes(first)
        await third.is_connected()
        await two.hangs_up()
        await takes(second)
        await fourth.is_connected()
        await again.hangs_up()
        await county.quiet()
        assert outcomes(county)[:3] == ["person", "person", "person"]

    tell(story)


def test_a_place_is_kept_and_called_back_before_those_who_came_later(tell: Teller) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        await asks_for_a_person(county, CALLERS[0])
        one = await takes(first)
        await asks_for_a_person(county, CALLERS[1])
        await takes(second)
        patient = await asks_for_a_person(county, CALLERS[2])
        await patient.hears("请按 1")
        await patient.presses("1")
        await patient.hears("您的位置已经保留")
        later = await asks_for_a_person(county, CALLERS[3])
        await later.hears("您排在第 2 位")
        at_home = county.exchange.phone(CALLERS[2])
        at_home.answers(after=2)
        await one.hangs_up()
        rung = await first.rung()
        await rung.hears("移民热线回拨")
        await rung.presses("1")
        called = await at_home.rung()
        await called.is_connected()
        await rung.says("您好，轮到您了。")
        await called.hears("轮到您了")
        await called.hangs_up()
        await county.quiet(60)
        states = {row["caller"]: row["outcome"] for row in county.rows(QueuedCaller)}
        assert states[CALLERS[2]] == "called_back"
        assert county.exchange.ledger.rung().count(CALLERS[2]) == 1

    tell(story)


def test_a_place_is_offered_again_to_those_who_did_not_take_it(tell: Teller) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        for phone in (first, second):
            phone.rejects(after=1)
        patient = await asks_for_a_person(county)
        await patient.hears("现在没有工作人员能接电话")
        await patient.presses("1")
        await patient.hears("感谢来电")
        rung = county.exchange.ledger.rung
        await county.clock.sleep(60)
        assert [rung().count(number) for number in OFFICERS] == [2, 2]  # no one all the time
        await county.clock.sleep(120)
        assert [rung().count(number) for number in OFFICERS] == [3, 3]
        first.answers(after=2)
        county.exchange.phone(CALLERS[0]).answers(after=2)
        served = await rings_at_last(first, 150)
        await served.hears("移民热线回拨")
        await served.presses("1")
        await served.is_connected()
        await served.hangs_up()
        await county.quiet(60)
        assert outcomes(county) == ["called_back"]

    tell(story)


def test_whoever_calls_again_while_staff_are_rung_for_them_is_called_back_once(
    tell: Teller,
) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        for phone in (first, second):
            phone.rejects(after=1)
        patient = await asks_for_a_person(county)
        await patient.hears("现在没有工作人员能接电话")
        await patient.presses("1")
        await patient.hears("感谢来电")
        for phone in (first, second):
            phone.ignores()
        await rings_at_last(first, 150)  # for the kept place: nobody takes it
        again = await county.exchange.phone(CALLERS[0]).dial(HOTLINE)
        await county.clock.sleep(1)
        await again.presses("0")
        await county.clock.sleep(1)
        assert [row["state"] for row in county.rows(QueuedCaller)] == ["calling", "ringing"]
        await again.hears("现在没有工作人员能接电话")
        await again.presses("1")
        await again.hears("感谢来电")
        first.answers(after=2)
        county.exchange.phone(CALLERS[0]).answers(after=2)
        served = await rings_at_last(first, 200)
        await served.hears("移民热线回拨")
        await served.presses("1")
        await served.is_connected()
        await served.hangs_up()
        await county.quiet(400)
        assert county.exchange.ledger.rung().count(CALLERS[0]) == 1
        assert outcomes(county) == ["came_back", "called_back"]

    tell(story)


def test_a_place_kept_while_every_telephone_rests_is_served_all_the_same(tell: Teller) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        for phone in (first, second):
            phone.is_unreachable()
        for caller in CALLERS[:2]:
            in_vain = await asks_for_a_person(county, caller)
            await in_vain.hears("现在没有工作人员能接电话")
            await in_vain.hangs_up()
        patient = await asks_for_a_person(county, CALLERS[2])
        await patient.hears("现在没有工作人员能接电话")
        first.answers(after=2)
        county.exchange.phone(CALLERS[2]).answers(after=2)
        await patient.presses("1")
        served = await rings_at_last(first, 30)
        await served.hears("移民热线回拨")
        await served.presses("1")
        await served.is_connected()

    tell(story)


def test_who_is_taken_from_the_list_is_rung_through_at_once(tell: Teller) -> None:
    async def story(county: County) -> None:
        desk = county.exchange.phone("+867451000399")
        desk.answers(after=2)
        call = await asks_for_a_person(county)
        await county.clock.sleep(5)
        with county.service.database.writing() as connection:
            claims.take(connection, call.leg.sid, Claimant(desk.number), county.clock.now())
        county.service.jobs.wake()
        officer = await takes(desk)
        await call.is_connected()
        await officer.hangs_up()
        await call.hears("感谢来电")
        await county.quiet()
        assert outcomes(county) == ["person"]

    tell(story)


def test_who_took_a_caller_and_dies_has_them_for_ten_seconds(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await asks_for_a_person(county)
        await county.clock.sleep(3)
        with county.service.database.writing() as connection:
            dead = Claimant("+867451000399")
            claims.take(connection, call.leg.sid, dead, county.clock.now())
        taken = county.clock.now()
        county.service.jobs.wake()
        await county.clock.sleep(12)
        rung, offered = [ring for ring in county.exchange.ledger.rings if ring.at > taken]
        assert rung.number == dead.address
        assert offered.number in OFFICERS
        assert (offered.at - taken).total_seconds() <= 10

    tell_briefly(story)


def test_a_caller_who_hangs_up_while_waiting_is_a_missed_call(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        await asks_for_a_person(county, CALLERS[0])
        one = await takes(first)
        await asks_for_a_person(county, CALLERS[1])
        two = await takes(second)
        call = await asks_for_a_person(county, CALLERS[2])
        await call.hears("您排在第 1 位")
        await call.hangs_up()
        await county.clock.sleep(5)
        assert outcomes(county)[2] == "hung_up"
        await one.hangs_up()
        await two.hangs_up()
        await county.quiet(180)
        tasks = county.rows(Ticket)
        assert [(task["kind"], task["caller"]) for task in tasks] == [("callback", CALLERS[2])]
        (judged,) = (row for row in county.rows(Call) if row["caller"] == CALLERS[2])
        assert judged["outcome"] in ("unanswered", "abandoned")

    tell_briefly(story)


def test_lost_callbacks_keep_nobody_busy(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        county.exchange.phone(OFFICERS[1]).is_unreachable()
        county.officer.answers(after=2)
        for caller in CALLERS[:2]:
            call = await asks_for_a_person(county, caller)
            officer = await takes(county.officer)
            await officer.hangs_up()
            await call.hears("感谢来电")
        assert outcomes(county) == ["person", "person"]

    tell_briefly(story, faults=FaultPlan(1, drop=1.0))


def test_a_restart_strands_nobody_who_waits(tell: Teller) -> None:
    async def story(county: County) -> None:
        first, second = telephones(county)
        await asks_for_a_person(county, CALLERS[0])
        one = await takes(first)
        await asks_for_a_person(county, CALLERS[1])
        await takes(second)
        call = await asks_for_a_person(county, CALLERS[2])
        await call.hears("您排在第 1 位")
        async with county.restarted():
            await county.clock.sleep(15)
            await one.hangs_up()
            await takes(first)
            await call.is_connected()
            await call.hangs_up()
            await county.quiet()
        assert outcomes(county)[2] == "person"

    tell(story)
