"""Dispute cases told whole: two sessions and an agreement, both ways of joining, guessed PINs."""

import re
from datetime import datetime, timedelta

from app.calls.models import CallEvent
from app.exchange.phones.scripted import ScriptedCall, ScriptedPhone
from app.flows.hours import COUNTY_TIME
from app.mediation.cases import queries
from app.mediation.cases.models import DisputeCase, DisputeSitting
from app.messages.models import Message
from app.people.credentials.models import SignInAttempts
from tests.console.cases import text_of
from tests.stories.browsers import Desk, desk_of, hire
from tests.stories.callers import call_hotline, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, MEDIATORS, County
from tests.stories.desk import appeal
from tests.stories.test_mediation_floor import at_the_menu, leaves_floor
from tests.stories.test_mediations import open_floor

FOLLOWED_UP = 150  # seconds after the end of a call
NEIGHBOUR = "+8613874500002"


async def consent(phone: ScriptedPhone) -> ScriptedCall:
    """Answer when rung for a session, and press 1."""
    incoming = await phone.rung()
    await agree(incoming)
    return incoming


async def agree(call: ScriptedCall) -> None:
    await call.hears("约好的电话调解现在开始")
    await call.waits_for_prompt()
    await call.presses("1")


async def case_of(county: County, desk: Desk) -> str:
    """A case of a ticket about land, with a neighbour as the other side; its number."""
    ticket = appeal(county, "land", words="隔壁占了我家两分地", caller_name="张三")
    page = await desk.sends(
        f"/console/tickets/{ticket.number}", "/console/disputes", ticket=ticket.number
    )
    (number,) = {row["number"] for row in county.rows(DisputeCase)}
    assert number in page
    here = f"/console/disputes/{number}"
    party = {"role": "respondent", "name": "李四", "phone": NEIGHBOUR, "language": "zh-CN"}
    await desk.sends(here, f"{here}/parties", **party)
    return str(number)


def citizens(county: County, number: str) -> str:
    """The parties who have a telephone, as the form sends them."""
    (case,) = county.rows(DisputeCase, number=number)
    with county.service.database.reading() as connection:
        parties = queries.parties_of(connection, case["id"])
    return ",".join(str(party.id) for party in parties if party.phone)


async def planned(county: County, desk: Desk, number: str, after: timedelta) -> datetime:
    """Plan a session of all who have a telephone; returns its hour."""
    at = (county.clock.now() + after).astimezone(COUNTY_TIME).replace(second=0, microsecond=0)
    here = f"/console/disputes/{number}"
    wish = {"party": citizens(county, number), "planned_at": f"{at:%Y-%m-%dT%H:%M}"}
    await desk.sends(here, f"{here}/sessions", **wish)
    return at


def pin_of(county: County, number: str, to: str) -> str:
    """The PIN in the last text that somebody got."""
    bodies = [row["body"] for row in county.rows(Message) if row["number"] == to]
    found = [re.search(r"密码 (\d{7})", body) for body in bodies if number in body]
    return [match.group(1) for match in found if match][-1]


async def dials_in(county: County, number: str, pin: str) -> ScriptedCall:
    """Press 8 at the menu, give case number and PIN."""
    call = await walk(await call_hotline(county), "8")
    await call.presses(f"{number}#")
    await call.waits_for_prompt()
    await call.presses(f"{pin}#")
    return call


def test_an_appointment_is_joined_by_calling_in_and_by_being_rung(tell: Teller) -> None:
    async def story(county: County) -> None:
        hire(county, "zhou", MEDIATORS[0], "mediator")
        neighbour = county.exchange.phone(NEIGHBOUR)
        county.mediator.answers(after=3)
        neighbour.answers(after=5)
        async with desk_of(county, "zhou") as desk:
            number = await case_of(county, desk)
            at = await planned(county, desk, number, timedelta(minutes=12))
            told = await county.caller.receives("密码")
            assert f"{at:%H:%M}" in told.body or "点" in told.body
            mine, theirs = (pin_of(county, number, to) for to in (CALLER, NEIGHBOUR))
            assert mine != theirs
            assert mine not in await desk.opens(f"/console/disputes/{number}")

            await county.clock.sleep((at - county.clock.now()).total_seconds() - 90)
            caller = await dials_in(county, number, mine)
            await caller.hears(f"{at.minute:02}分开始，请稍候" if at.minute else "点开始，请稍候")
            await caller.hears("调解还没有开始")
            assert "已打进来等着" in await desk.opens(f"/console/disputes/{number}")
            assert not neighbour.calls
            rung = await consent(neighbour)
            mediator = await consent(county.mediator)
            await agree(caller)
            await open_floor(mediator)
            for party in (caller, rung, mediator):
                await party.is_connected()
            await mediator.says("都到了，请说。")
            await caller.hears("请说")
            assert len(county.caller.calls) == 1  # nobody rang whoever was there
            await mediator.hangs_up()
            await caller.hears("调解通话已经结束")
            await caller.ended()
            await county.quiet()
            minutes = text_of(await desk.opens(f"/console/disputes/{number}/sessions/1"))
        for words in ("张三 申请人 自己打电话进来", "李四 被申请人 接听", "同意参加", "开始对话", "调解通话结束"):  # fmt: skip
            assert words in " ".join(minutes.split())
        (sitting,) = county.rows(DisputeSitting)
        (session,) = county.sessions
        assert (sitting["state"], session["state"]) == ("called", "closed")
        assert not [row for row in county.tickets if row["kind"] == "mediation"]

    tell(story)


def test_from_a_ticket_through_two_sessions_to_an_agreement(tell: Teller) -> None:
    async def story(county: County) -> None:
        hire(county, "zhou", MEDIATORS[0], "mediator")
        neighbour = county.exchange.phone(NEIGHBOUR)
        for phone in (county.caller, county.mediator, neighbour):
            phone.answers(after=3)
        async with desk_of(county, "zhou") as desk:
            number = await case_of(county, desk)
            here = f"/console/disputes/{number}"
            everybody = citizens(county, number)
            neighbour.ignores()
            await desk.sends(here, f"{here}/sessions", party=everybody, now="yes")
            caller, mediator = [await consent(one) for one in (county.caller, county.mediator)]
            await neighbour.rung()
            await caller.hears("还在等其他各方")
            await caller.hears("这次调解没有接通", patience=400)
            await mediator.ended()
            await county.quiet()
            assert "没接通" in await desk.opens(here)

            neighbour.answers(after=3)
            await desk.sends(here, f"{here}/sessions", party=everybody, now="yes")
            calls = [await consent(one) for one in (county.caller, neighbour, county.mediator)]
            await open_floor(calls[2])
            for call in calls:
                await call.is_connected()
            first, second = county.rows(DisputeSitting)
            assert (first["state"], second["state"]) == ("called", "called")
            draft = {"terms": "一、退回两分地。", "performance": "十二月一日前。", "copies": "3"}
            await desk.sends(f"{here}/agreement", f"{here}/agreement", **draft)
            first_party, second_party, mediator = calls
            await leaves_floor(mediator)
            await at_the_menu(mediator, "8", "2")  # each party's yes, by key
            for party in (first_party, second_party):
                await party.hears("退回两分地")
                await party.hears("同意这份协议，请按 1")
            await first_party.presses("1")
            await second_party.presses("2")
            await mediator.hears("1 方同意，1 方不同意")
            await mediator.hangs_up()
            await county.quiet()

            notes = f"{here}/sessions/2"
            await desk.sends(notes, f"{notes}/remarks", remarks="谈拢了", sign="yes")
            await desk.sends(here, f"{here}/settle", words="退地", follow_up_on="2026-12-09")
            await desk.sends(here, f"{here}/effect", day="2026-11-23")
            page = text_of(await desk.opens(here))
            assert "第 2 次调解中同意第 1 稿" in page
            assert "0 天和解" in page

    tell(story)


def test_a_party_in_danger_reaches_the_emergency_desk_and_stays_there(tell: Teller) -> None:
    async def story(county: County) -> None:
        hire(county, "zhou", MEDIATORS[0], "mediator")
        neighbour = county.exchange.phone(NEIGHBOUR)
        county.caller.ignores()
        for phone in (county.mediator, neighbour, county.officer):
            phone.answers(after=3)
        async with desk_of(county, "zhou") as desk:
            number = await case_of(county, desk)
            here = f"/console/disputes/{number}"
            everybody = citizens(county, number)
            await desk.sends(here, f"{here}/sessions", party=everybody, now="yes")
            party = await neighbour.rung()
            await party.hears("约好的电话调解现在开始")
            await party.waits_for_prompt()
            await party.presses("9")
            await party.hears("危险时先离开")
            mediator = await consent(county.mediator)
            officer = await county.officer.rung()
            await officer.hears("接听请按 1")
            await officer.presses("1")
            await party.is_connected()
            await mediator.hears("这次调解没有接通", patience=400)
            await mediator.ended()
            await party.is_connected()
            await officer.says("我们已经出发了。")
            await party.hears("已经出发")
            await party.hangs_up()
            await county.quiet()
        (session,) = county.sessions
        assert (session["state"], session["reason"]) == ("failed", "no_answer")
        assert [row["kind"] for row in county.tickets if row["kind"] == "incident"] == ["incident"]

    tell(story)


def test_who_called_in_as_asked_and_hung_up_has_not_missed_anything(tell: Teller) -> None:
    async def story(county: County) -> None:
        hire(county, "zhou", MEDIATORS[0], "mediator")
        async with desk_of(county, "zhou") as desk:
            number = await case_of(county, desk)
            await planned(county, desk, number, timedelta(hours=3))
        call = await dials_in(county, number, pin_of(county, number, CALLER))
        await call.hears("现在还早")
        await call.ended()
        await county.quiet(FOLLOWED_UP)
        assert county.calls[-1]["outcome"] == "attended"
        assert not [row for row in county.tickets if row["kind"] == "callback"]

    tell(story)


def test_guessing_a_pin_is_stopped_and_tells_nothing(tell: Teller) -> None:
    async def story(county: County) -> None:
        hire(county, "zhou", MEDIATORS[0], "mediator")
        async with desk_of(county, "zhou") as desk:
            number = await case_of(county, desk)
            at = await planned(county, desk, number, timedelta(minutes=12))
        heard = []
        for case in (number, "11111111"):
            call = await walk(await call_hotline(county), "8")
            for guess in range(3):
                await call.presses(f"{case}#")
                await call.waits_for_prompt()
                await call.presses(f"100000{guess}#")
                if guess < 2:
                    await call.waits_for_prompt()
            await call.hears("现在不能再试了")
            await call.ended()
            heard.append([line for line in call.texts() if "欢迎" not in line])
        assert heard[0] == heard[1]  # a case that exists sounds like one that does not
        right = pin_of(county, number, CALLER)
        for guess in range(2):  # the fourth and the fifth failure shut the case
            call = await dials_in(county, number, f"200000{guess}")
            await call.hears("案号或密码不对")
            await call.hangs_up()
        shut = await dials_in(county, number, right)
        await shut.hears("现在不能再试了")
        await shut.ended()
        assert len(county.rows(SignInAttempts)) >= 3
        events = [str(row) for row in county.rows(CallEvent)]
        assert not any(right in event or "1000002" in event for event in events)
        county.mediator.answers(after=3)
        county.caller.answers(after=3)
        county.exchange.phone(NEIGHBOUR).answers(after=3)
        await county.clock.sleep((at - county.clock.now()).total_seconds())
        rung = await county.caller.rung()  # they are rung all the same
        await rung.hears("约好的电话调解")
        await rung.hangs_up()
        await county.quiet()

    tell(story)
