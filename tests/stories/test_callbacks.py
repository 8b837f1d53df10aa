"""Calls that led to nothing are called back; staff are connected with their callers."""

from datetime import timedelta
from typing import Any

import pytest
from app.calls.models import CallEvent
from app.calls.outbound.models import OutboundCall
from app.calls.outbound.rules import NotAllowedError
from app.exchange.phones.scripted import ScriptedCall
from app.tickets.callbacks.service import call_back
from app.tickets.models import TicketEvent
from tests.stories.callers import call_and_walk, call_hotline, leave_appeal, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, HOTLINE, MONDAY_MORNING, OFFICERS, County
from tests.stories.desk import WANG, appeal, employ

FOLLOWED_UP = 150  # seconds after the end of a call


def events(county: County) -> list[str]:
    """The history of the first ticket."""
    return [event["event"] for event in county.rows(TicketEvent, ticket_id=1)]


def ring_back(county: County, number: str, staff: int) -> None:
    """Somebody presses "call back" on the console."""
    with county.service.database.writing() as connection:
        token = county.service.identities.random_id()
        call_back(connection, number, staff, county.clock.now(), token)


async def asked(county: County, after: float = 3) -> ScriptedCall:
    """The telephone of the one who wants to call back rings, and is answered."""
    phone = county.exchange.phone(WANG)
    phone.answers(after=after)
    call = await phone.rung()
    await call.hears("移民热线回拨")
    return call


async def abandon(county: County) -> dict[str, Any]:
    """The caller hangs up in the menu; returns the task that is opened for it."""
    call = await call_and_walk(county, "main menu")
    await call.hangs_up()
    await county.quiet(FOLLOWED_UP)
    return dict(county.tickets[-1])


def test_a_call_abandoned_in_the_menu_is_called_back(tell_briefly: Teller) -> None:
    """From the lost call to the two talking with each other."""

    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        task = await abandon(county)
        assert (task["kind"], task["channel"], task["caller"]) == ("callback", "phone", CALLER)
        assert task["respond_due_at"] - task["opened_at"] == timedelta(minutes=30)
        assert county.calls[0]["outcome"] == "abandoned"
        assert task["call_sid"] == county.calls[0]["sid"]

        ring_back(county, task["number"], wang)
        staff = await asked(county)
        county.caller.answers(after=5)
        await staff.presses("1")
        caller = await county.caller.rung()
        await caller.is_connected()
        await staff.says("您好，我是移民热线的小王，您刚才打过电话。")
        await caller.hears("我是移民热线的小王")
        await caller.says("对，我家的补助没有发。")
        await staff.hears("我家的补助没有发")
        await caller.hangs_up()
        await staff.hears("请在工单里记下结果")
        await county.quiet(60)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["owner_id"]) == ("acknowledged", wang)
        assert "called_back" in events(county)
        assert county.exchange.ledger.rung() == [WANG, CALLER]
        assert [call["state"] for call in county.rows(OutboundCall)] == ["answered"]

    tell_briefly(story)


def test_a_caller_has_one_task_however_often_they_call(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        await abandon(county)
        for _ in range(2):
            call = await call_and_walk(county, "main menu")
            await call.hangs_up()
            await county.quiet(5)
        await county.quiet(FOLLOWED_UP)
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("工单编号")
        await call.hangs_up()
        await county.quiet(FOLLOWED_UP)
        assert [ticket["kind"] for ticket in county.tickets] == ["callback", "appeal"]
        assert events(county).count("called_again") == 3
        outcomes = [call["outcome"] for call in county.calls]
        assert outcomes == ["abandoned", "abandoned", "abandoned", "ticket"]

    tell_briefly(story)


def test_nobody_answered_and_no_message_was_left(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "")
        await call.presses("0")
        await county.exchange.phone(OFFICERS[0]).rung()
        await call.hangs_up()
        await county.quiet(FOLLOWED_UP)
        (task,) = county.tickets
        assert (task["kind"], county.calls[0]["outcome"]) == ("callback", "unanswered")

    tell_briefly(story)


def test_a_policy_heard_does_not_make_up_for_a_person_not_reached(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_and_walk(county, "policy, short form")
        await call.presses("0")
        await call.hears("现在没有工作人员能接电话")
        await call.hangs_up()
        await county.quiet(FOLLOWED_UP)
        assert [ticket["kind"] for ticket in county.tickets] == ["callback"]

    tell_briefly(story)


def test_who_spoke_with_a_person_is_not_called_back(tell_briefly: Teller) -> None:
    """Also when the caller hangs up first: then the network may not say how the dialling ended."""

    async def story(county: County) -> None:
        county.officer.answers(after=3)
        call = await walk(await call_hotline(county), "")
        await call.presses("0")
        officer = await county.officer.rung()
        await officer.hears("接听请按 1")
        await officer.presses("1")
        await call.is_connected()
        await call.hangs_up()
        await county.quiet(FOLLOWED_UP)
        assert county.tickets == []
        assert county.calls[0]["outcome"] == "person"
        kinds = {event["kind"] for event in county.rows(CallEvent, call_sid=call.leg.sid)}
        assert "accepted" in kinds

    tell_briefly(story)


def test_a_slip_of_the_finger_and_a_withheld_number_open_nothing(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        slip = await county.caller.dial(HOTLINE)
        await slip.answered()
        await slip.waits(0.5)
        await slip.hangs_up()
        hidden = await county.exchange.phone("anonymous").dial(HOTLINE)
        await hidden.waits_for_prompt()
        await hidden.hangs_up()
        await county.quiet(FOLLOWED_UP)
        assert county.tickets == []
        assert [call["outcome"] for call in county.calls] == ["misdialled", "abandoned"]

    tell_briefly(story)


def test_the_caller_does_not_answer(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        task = await abandon(county)
        ring_back(county, task["number"], wang)
        staff = await asked(county)
        county.caller.ignores()
        await staff.presses("1")
        await staff.hears("来电人没有接听")
        await county.quiet(60)
        (ended,) = [
            event
            for event in county.rows(TicketEvent, ticket_id=1)
            if event["event"] == "called_back"
        ]
        assert '"not_reached"' in ended["detail"]
        assert ended["actor"] == f"staff:{wang}"

    tell_briefly(story)


def test_without_the_key_the_caller_is_not_rung(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        task = await abandon(county)
        ring_back(county, task["number"], wang)
        staff = await asked(county)
        await staff.presses("2")
        await staff.hears("没有接通")
        await staff.ended()
        await county.quiet(60)
        assert county.exchange.ledger.rung() == [WANG]
        assert county.tickets[0]["state"] == "new"

    tell_briefly(story)


def test_a_number_is_rung_once_an_hour_and_only_if_it_has_called(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang, chen = employ(county, "wang", WANG), employ(county, "chen")
        task = await abandon(county)
        ring_back(county, task["number"], wang)
        with pytest.raises(NotAllowedError, match="right now"):
            ring_back(county, task["number"], wang)
        staff = await asked(county)
        await staff.presses("2")
        await staff.ended()
        await county.quiet(60)
        with pytest.raises(NotAllowedError, match="once an hour") as refused:
            ring_back(county, task["number"], wang)
        assert refused.value.until is not None
        assert county.clock.now() < refused.value.until <= county.clock.now() + timedelta(hours=1)
        stranger = appeal(county, caller="+8613700000009")
        with pytest.raises(NotAllowedError, match="never called"):
            ring_back(county, stranger.number, wang)
        premium = appeal(county, caller="+881612345678")
        with pytest.raises(NotAllowedError, match="Only fixed and mobile"):
            ring_back(county, premium.number, wang)
        await county.quiet(3_600)
        with pytest.raises(NotAllowedError, match="no telephone"):
            ring_back(county, task["number"], chen)
        ring_back(county, task["number"], wang)
        assert len(county.rows(OutboundCall)) == 2

    tell(story)


def test_a_late_worker_follows_up_what_happened_before(tell_briefly: Teller) -> None:
    """Nobody does background work for an hour; what was missed meanwhile is found then."""

    async def first(county: County) -> None:
        await county.service.jobs.stop()
        call = await call_and_walk(county, "main menu")
        await call.hangs_up()
        await county.quiet(120)
        assert county.tickets == []

    async def later(county: County) -> None:
        await county.quiet(90)
        assert [ticket["kind"] for ticket in county.tickets] == ["callback"]

    tell_briefly(first)
    tell_briefly(later, start=MONDAY_MORNING + timedelta(hours=1))
