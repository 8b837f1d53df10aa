"""Reaching a person: whispers, the next officer, voicemail, night, emergencies."""

from app.tickets.models import Ticket
from tests.stories.callers import call_hotline, walk
from tests.stories.conftest import Teller
from tests.stories.county import NIGHT, OFFICERS, County


def test_an_officers_own_voicemail_never_swallows_a_caller(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.is_machine("您好，我现在不方便接电话，请留言")
        county.exchange.phone(OFFICERS[1]).answers(after=4)
        call = await walk(await call_hotline(county), "")
        await call.presses("0")
        second = await county.exchange.phone(OFFICERS[1]).rung()
        await second.hears("接听请按 1")
        await second.presses("1")
        await call.is_connected()
        await second.says("您好，我是值班员，请讲。")
        await call.hears("我是值班员")
        await second.hangs_up()
        await call.hears("感谢来电")
        await county.quiet()
        assert county.calls[0]["status"] == "completed"
        assert county.tickets == []

    tell(story)


def test_nobody_on_duty_answers_and_a_message_becomes_a_ticket(tell: Teller) -> None:
    async def story(county: County) -> None:
        started = county.clock.now()
        call = await walk(await call_hotline(county), "")
        await call.presses("0")
        await call.hears("现在没有工作人员能接电话")
        assert (county.clock.now() - started).total_seconds() < 100
        await call.presses("2")
        await call.hears("值班人员暂时接不了电话")
        await call.waits_for_prompt()
        await call.talks(6)
        await call.presses("#")
        line = await call.hears("您的留言已经登记")
        (ticket,) = county.tickets
        assert " ".join(ticket["number"]) in line.text
        assert ticket["kind"] == "voicemail"
        await call.hears("感谢来电")
        await county.quiet()
        assert set(county.exchange.ledger.rung()) == set(OFFICERS)

    tell(story)


def test_at_night_the_duty_telephones_ring_too(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "")
        await call.presses("0")
        await call.hears("现在没有工作人员能接电话")
        await call.presses("2")
        await call.hears("办公室现在下班了")
        await call.waits_for_prompt()
        await call.talks(4)
        await call.hangs_up()
        await county.quiet()
        assert [ticket["kind"] for ticket in county.tickets] == ["voicemail"]

    tell_briefly(story, start=NIGHT)


def test_an_emergency_rings_both_officers_at_once_and_is_recorded(tell: Teller) -> None:
    async def story(county: County) -> None:
        first, second = (county.exchange.phone(number) for number in OFFICERS)
        first.answers(after=6)
        second.answers(after=3)
        call = await call_hotline(county)
        await call.presses("9")
        await call.hears("危险时先离开")
        incoming = await second.rung()
        await incoming.hears("紧急来电")
        await incoming.presses("1")
        await call.is_connected()
        await call.says("水漫到我家门口了，有五个人。")
        await incoming.hears("有五个人")
        await incoming.waits(5)
        await incoming.hangs_up()
        await county.quiet()
        (incident,) = county.rows(Ticket)
        assert (incident["kind"], incident["priority"]) == ("incident", "urgent")
        assert (incident["respond_due_at"] - incident["opened_at"]).total_seconds() == 300
        assert incident["recording_sid"]

    tell(story)


def test_an_emergency_nobody_answers_is_recorded_and_registered(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await call.presses("9")
        await call.hears("值班电话暂时没有接通")
        await call.waits_for_prompt()
        await call.talks(5)
        await call.presses("#")
        await call.hears("险情已经登记")
        await county.quiet()
        assert [row["kind"] for row in county.rows(Ticket)] == ["incident", "voicemail"]

    tell(story)
