"""Leaving an appeal, hearing the number of its ticket, and asking how it stands."""

from datetime import timedelta

import pytest
from app.calls.models import Recording
from app.flows.check_digit import check_digit, is_valid
from app.tickets.models import TicketEvent
from tests.stories.callers import call_hotline, leave_appeal, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, HOTLINE, County


def spoken(number: str) -> str:
    """A ticket number as it is read aloud."""
    return " ".join(number)


@pytest.mark.parametrize(
    ("language", "opened"), [("zh-CN", "您的诉求已经登记"), ("en-US", "Your appeal is registered")]
)
def test_an_appeal_becomes_a_ticket(tell: Teller, language: str, opened: str) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county, language)
        await leave_appeal(call)
        line = await call.hears(opened)
        (ticket,) = county.tickets
        assert line.text.count(spoken(ticket["number"])) == 2
        await walk(call, "1")
        await call.hears(spoken(ticket["number"]))
        await call.hangs_up()
        await county.quiet()

        (ticket,) = county.tickets
        assert is_valid(ticket["number"])
        assert (ticket["kind"], ticket["category"], ticket["state"]) == ("appeal", "support", "new")
        assert (ticket["caller"], ticket["language"]) == (CALLER, language)
        assert ticket["department"] == "resettlement"
        assert ticket["respond_due_at"] - ticket["opened_at"] == timedelta(minutes=30)
        assert ticket["complete_due_at"] - ticket["opened_at"] == timedelta(hours=24)
        (recording,) = county.rows(Recording)
        assert (recording["sid"], recording["status"]) == (ticket["recording_sid"], "completed")
        assert 6 <= recording["seconds"] <= 8
        assert [event["event"] for event in county.rows(TicketEvent)] == ["opened"]

    tell(story)


def test_hanging_up_in_the_appeal_still_opens_the_ticket(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await walk(call, "22")
        await call.talks(9)
        await call.hangs_up()
        await county.quiet()
        (ticket,) = county.tickets
        assert ticket["category"] == "housing"
        assert ticket["recording_seconds"] >= 8

    tell(story)


def test_ending_the_appeal_with_0_opens_the_ticket_and_reaches_a_person(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await call_hotline(county)
        await leave_appeal(call, end_key="0")
        incoming = await county.officer.rung()
        await incoming.presses("1")
        await call.is_connected()
        await call.hangs_up()
        await county.quiet()
        assert [ticket["kind"] for ticket in county.tickets] == ["appeal"]

    tell(story)


def test_an_appeal_without_a_word_is_asked_for_once_more(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await walk(call, "23")
        await call.presses("#")
        await call.hears("没有录到您的话")
        await call.waits_for_prompt()
        await call.talks(5)
        await call.presses("#")
        await call.hears("您的诉求已经登记")
        await call.hangs_up()
        await county.quiet()
        assert [ticket["category"] for ticket in county.tickets] == ["land"]

    tell(story)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_the_caller_asks_how_the_ticket_stands(tell: Teller, language: str) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county, language)
        await leave_appeal(call)
        await walk(call, "2")
        number = county.tickets[0]["number"]
        await walk(call, "3")
        await call.presses(number)
        line = await call.hears("正在等工作人员响应" if language == "zh-CN" else "first response")
        assert spoken(number) in line.text
        await call.hangs_up()

    tell(story)


def test_another_telephone_learns_nothing_about_a_ticket(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("您的诉求已经登记")
        await call.hangs_up()
        number = county.tickets[0]["number"]

        neighbour = await county.exchange.phone("+8613800138001").dial(HOTLINE)
        await walk(neighbour, "3")
        await neighbour.presses(number)
        theirs = await neighbour.hears("没有查到这个编号")
        await neighbour.waits_for_prompt()
        unknown = "1234567" + check_digit("1234567")
        await neighbour.presses(unknown)
        await neighbour.hears("我请工作人员来和您说")
        await neighbour.hangs_up()
        assert number not in theirs.text

    tell(story)


def test_a_mistyped_number_is_caught_by_its_check_digit(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "3")
        good = "1234567" + check_digit("1234567")
        await call.presses(good[:-1] + str((int(good[-1]) + 1) % 10))
        await call.hears("没有查到这个编号")
        await call.hangs_up()

    tell_briefly(story)
