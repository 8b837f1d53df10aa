"""Three-way mediation: consent first, then one floor, and an outcome in every case."""

import pytest
from app.exchange.phones.scripted import ScriptedCall, ScriptedPhone
from tests.stories.callers import call_hotline, walk
from tests.stories.conftest import Teller
from tests.stories.county import AGRICULTURE, CALLER, MEDIATORS, County


async def ask_for_mediation(county: County, language: str = "zh-CN") -> ScriptedCall:
    """Choose the agriculture bureau and consent."""
    call = await walk(await call_hotline(county, language), "4")
    await call.presses("1")
    await call.waits_for_prompt()
    await call.presses("1")
    await call.hears("请不要挂机" if language == "zh-CN" else "Please hold the line")
    return call


async def consent(phone: ScriptedPhone, key: str = "1") -> ScriptedCall:
    """Answer an invitation and agree: 1, or 3 without being recorded."""
    incoming = await phone.rung()
    await incoming.hears("1")
    await incoming.presses(key)
    return incoming


async def open_floor(mediator: ScriptedCall) -> None:
    """Wait until everybody is there, and press the key that opens the floor."""
    await mediator.hears("可以开始了")
    await mediator.waits_for_prompt()
    await mediator.presses("1")


def audible(county: County) -> set[frozenset[str]]:
    """Who could ever hear whom, as pairs of numbers."""
    return {frozenset(pair) for pair in county.exchange.ledger.audible_pairs()}


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_all_consent_and_speak_on_one_floor(tell: Teller, language: str) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.answers(after=6)
        call = await ask_for_mediation(county, language)
        mediator = await consent(county.mediator)
        assert audible(county) == set()
        department = await consent(county.department)
        await open_floor(mediator)
        for party in (call, mediator, department):
            await party.is_connected()
        await mediator.says("三方都到了，请移民先说。")
        await call.hears("请移民先说")
        await department.hears("请移民先说")
        await call.says("隔壁占了我家两分地。")
        await department.hears("两分地")
        assert county.legs == {
            "caller": "on_floor", "mediator": "on_floor", "department": "on_floor"
        }  # fmt: skip
        await mediator.waits(20)
        await mediator.hangs_up()
        await call.hears("调解通话已经结束" if language == "zh-CN" else "mediation call has ended")
        await department.ended()
        await call.hangs_up()
        await county.quiet()

        (session,) = county.sessions
        assert (session["state"], session["department"]) == ("closed", "agriculture")
        assert session["opened_at"] is not None
        assert {row["status"] for row in county.calls} == {"completed"}
        assert len(county.calls) == 3
        assert audible(county) == {
            frozenset(pair)
            for pair in ((CALLER, MEDIATORS[0]), (CALLER, AGRICULTURE), (MEDIATORS[0], AGRICULTURE))
        }

    tell(story)


def test_nobody_hears_anybody_before_all_have_consented(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.answers(after=4)
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        department = await county.department.rung()
        await department.hears("同意，请按 1")
        await mediator.leg.speak("喂，有人吗？", language="cmn-CN")
        await call.leg.speak("喂？", language="cmn-CN")
        await department.waits(5)
        assert audible(county) == set()
        assert county.sessions[0]["state"] in ("inviting", "waiting")
        for party in (call, mediator, department):
            await party.hangs_up()
        await county.quiet()
        assert audible(county) == set()

    tell(story)


async def outcome_is_spoken(county: County, call: ScriptedCall, words: str, reason: str) -> None:
    """The caller hears what happened and the number of a ticket; the session says why."""
    await call.hears(words)
    line = await call.hears("已经为您登记了工单")
    await call.hangs_up()
    await county.quiet()
    (session,) = county.sessions
    assert (session["state"], session["reason"]) == ("failed", reason)
    (ticket,) = county.tickets
    assert ticket["kind"] == "mediation"
    assert " ".join(ticket["number"]) in line.text
    assert audible(county) == set()
    assert all(row["ended_at"] is not None for row in county.calls)


def test_the_department_refuses(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.answers(after=4)
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        department = await county.department.rung()
        await department.hears("同意，请按 1")
        await department.presses("2")
        await department.hears("我们会另行安排")
        await mediator.hears("这次调解没有接通")
        await outcome_is_spoken(county, call, "有一方现在不能参加", "refused")

    tell(story)


def test_the_department_does_not_answer(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.ignores()
        call = await ask_for_mediation(county)
        await consent(county.mediator)
        await outcome_is_spoken(county, call, "现在没有人接", "no_answer")

    tell(story)


def test_an_answering_machine_is_never_bridged(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.is_machine("您好，这里是农业农村局，请留言", after=15)
        call = await ask_for_mediation(county)
        await consent(county.mediator)
        await outcome_is_spoken(county, call, "转到了语音信箱", "machine")

    tell(story)


def test_no_mediator_answers_and_the_second_is_tried(tell: Teller) -> None:
    async def story(county: County) -> None:
        for number in MEDIATORS:
            county.exchange.phone(number).ignores()
        county.department.answers(after=4)
        call = await ask_for_mediation(county)
        await consent(county.department)
        await outcome_is_spoken(county, call, "调解员现在都在忙", "mediator_unavailable")
        rung = county.exchange.ledger.rung()
        assert [number for number in rung if number in MEDIATORS] == list(MEDIATORS)

    tell(story)


def test_the_second_mediator_takes_it(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.is_busy()
        county.exchange.phone(MEDIATORS[1]).answers(after=3)
        county.department.answers(after=3)
        call = await ask_for_mediation(county)
        department = await consent(county.department)
        mediator = await consent(county.exchange.phone(MEDIATORS[1]))
        await open_floor(mediator)
        for party in (call, mediator, department):
            await party.is_connected()
        await mediator.hangs_up()
        await call.hears("调解通话已经结束")
        await call.hangs_up()
        await county.quiet()
        assert county.sessions[0]["state"] == "closed"

    tell(story)


def test_the_caller_asks_for_a_person_instead_of_waiting(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        county.mediator.answers(after=4)
        county.department.ignores()
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        await call.waits_for_prompt()
        await call.presses("0")
        officer = await county.officer.rung()
        await officer.presses("1")
        await call.is_connected()
        await mediator.ended()
        await call.hangs_up()
        await county.quiet()
        assert county.sessions[0]["state"] == "failed"
        assert [ticket["kind"] for ticket in county.tickets] == ["mediation"]

    tell(story)


def test_the_caller_hangs_up_while_waiting(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.answers(after=15)
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        await call.hangs_up()
        await mediator.ended()
        await county.quiet()
        (session,) = county.sessions
        assert (session["state"], session["reason"]) == ("failed", "caller_left")
        assert [ticket["kind"] for ticket in county.tickets] == ["mediation"]
        assert audible(county) == set()

    tell(story)


def test_the_mediator_hangs_up_without_a_word(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=3)
        county.department.answers(after=3)
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        department = await consent(county.department)
        await open_floor(mediator)
        await mediator.is_connected()
        await mediator.waits(1)
        left = county.clock.now()
        await mediator.hangs_up()
        await department.ended()
        assert (county.clock.now() - left).total_seconds() <= 60
        await call.hears("调解通话已经结束")
        await call.hangs_up()
        await county.quiet()
        assert county.sessions[0]["state"] == "closed"

    tell(story)
