"""Closing the loop: from an appeal by telephone to the caller's own word."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.calls.outbound.models import OutboundCall
from app.database import blind_index
from app.exchange.faults import FaultPlan
from app.exchange.phones.scripted import ScriptedCall
from app.main import assemble
from app.messages.models import Message
from app.people.alerts.models import Alert
from app.people.staff.models import Staff
from app.tickets.closing.models import ReturnVisit
from app.tickets.closing.service import note_best_time
from app.tickets.models import TicketEvent
from app.tickets.service import transition
from tests.stories.callers import call_hotline, leave_appeal, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, HOTLINE, MONDAY_MORNING, County
from tests.stories.desk import appeal, employ, move

OUTCOME = "水管已经修好，试过水了。"
EVENING = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # nine in the evening in the county
NEXT_MORNING = datetime(2026, 11, 24, 0, 29, tzinfo=UTC)  # a minute before half past eight
HOUR = timedelta(hours=1)


async def told_by_telephone(county: County, language: str = "zh-CN") -> str:
    """The caller leaves an appeal; returns the number of its ticket."""
    call = await call_hotline(county, language)
    await leave_appeal(call)
    await call.hears("ticket number" if language == "en-US" else "工单编号")
    await call.hangs_up()
    return str(county.tickets[-1]["number"])


def resolve(county: County, number: str, outcome: str = OUTCOME) -> None:
    """The first of the staff works on a ticket and resolves it."""
    staff = (county.rows(Staff) or [{"id": employ(county, "wang")}])[0]["id"]
    with county.service.database.writing() as connection:
        for state, why in (("acknowledged", ""), ("in_progress", ""), ("resolved", outcome)):
            transition(connection, number, state, f"staff:{staff}", why, county.clock.now())  # type: ignore[arg-type]


async def visited(county: County, patience: float = 120) -> ScriptedCall:
    """The caller's telephone rings; it is answered."""
    county.caller.answers(after=3)
    return await county.caller.rung(patience=patience)


def visit(county: County) -> dict[str, Any]:
    """The only return visit, or the last one."""
    return dict(county.rows(ReturnVisit)[-1])


def happened(county: County) -> list[str]:
    """What was written into the history of the first ticket."""
    return [event["event"] for event in county.rows(TicketEvent, ticket_id=1)]


def texts_to(county: County) -> list[str]:
    """The texts that asked the caller."""
    return [row["body"] for row in county.rows(Message) if row["key"].startswith("visit:")]


def test_from_an_appeal_by_telephone_to_the_callers_closing_word(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        number = await told_by_telephone(county)
        resolve(county, number)
        call = await visited(county)
        await call.hears("回访电话")
        await call.hears(OUTCOME)
        await call.hears("您满意，请按 1")
        await call.presses("1")
        await call.hears("谢谢您的评价")
        await call.hears("可以挂机了")
        await call.ended()
        await county.quiet(120)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "satisfied")
        assert ticket["closed_at"] is not None
        row = visit(county)
        assert (row["state"], row["word"], row["heard_by"]) == ("answered", "satisfied", "call")
        assert county.exchange.ledger.rung() == [CALLER]
        assert happened(county)[-2:] == ["said", "state"]
        assert texts_to(county) == []
        assert [call["state"] for call in county.rows(OutboundCall)] == ["answered"]
        assert county.rows(Alert) == []

    tell_briefly(story)


def test_not_settled_opens_it_again_until_it_is(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        owner = employ(county, "wang")
        supervisor = employ(county, "zhao", role="supervisor")
        number = await told_by_telephone(county)
        resolve(county, number)
        call = await visited(county)
        await call.hears(OUTCOME)
        await call.presses("3")
        await call.hears("马上重新办理")
        await call.presses("5")
        await call.hears("请在嘀声后说")
        await call.talks(6)
        await call.hangs_up()
        await county.quiet(120)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("reopened", "not_settled")
        assert ticket["clock_round"] == 1
        assert ticket["respond_due_at"] - ticket["clock_started_at"] == timedelta(minutes=30)
        told = {(alert["staff_id"], alert["kind"]) for alert in county.rows(Alert)}
        assert told == {(owner, "ticket.not_settled"), (supervisor, "ticket.not_settled")}
        assert "commented" in happened(county)

    def again(start: datetime) -> None:
        async def story(county: County) -> None:
            resolve(county, county.tickets[0]["number"], "换了新的水管。")
            call = await visited(county)
            await call.hears("换了新的水管")
            await call.says("满意，谢谢你们")
            await call.hears("谢谢您的评价")
            await call.hangs_up()
            await county.quiet(120)
            (ticket,) = county.tickets
            assert (ticket["state"], ticket["satisfaction"]) == ("closed", "satisfied")
            assert [row["word"] for row in county.rows(ReturnVisit)] == ["not_settled", "satisfied"]

        tell_briefly(story, start=start)

    tell_briefly(story)
    again(MONDAY_MORNING + 3 * HOUR)


def test_not_satisfied_closes_it_and_the_supervisor_learns_of_it(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "wang")
        supervisor = employ(county, "zhao", role="supervisor")
        number = await told_by_telephone(county, "en-US")
        resolve(county, number, "The pipe is mended.")
        call = await visited(county)
        await call.hears("return call")
        await call.hears("The pipe is mended.")
        await call.presses("2")
        await call.hears("we have noted it")
        await call.hangs_up()
        await county.quiet(120)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "not_satisfied")
        (alert,) = county.rows(Alert)
        assert (alert["staff_id"], alert["kind"]) == (supervisor, "ticket.not_satisfied")

    tell_briefly(story)


def test_a_machine_hears_nothing_and_busy_lines_are_tried_at_other_hours(
    tell_briefly: Teller,
) -> None:
    """Three tries in vain, each on another occasion; then a text, answered by text."""

    async def first(county: County) -> None:
        number = await told_by_telephone(county)
        county.caller.is_machine("您好，我现在不在家，请留言")
        resolve(county, number)
        await county.quiet(240)
        (call,) = county.caller.calls[1:]
        assert not any("回访" in text or "水管" in text for text in call.texts())
        row = visit(county)
        assert (row["tries"], row["way"], row["silent_at"]) == (1, "call", None)
        assert row["next_try_at"] - row["last_try_at"] == 3 * HOUR
        assert county.rows(OutboundCall)[0]["state"] == "machine"

    async def second(county: County) -> None:
        county.caller.is_busy()
        await county.quiet(240)
        row = visit(county)
        assert (row["tries"], row["way"]) == (2, "call")
        assert row["next_try_at"] - row["last_try_at"] == 27 * HOUR

    async def third(county: County) -> None:
        county.caller.ignores()
        await county.quiet(240)
        assert [row["state"] for row in county.rows(OutboundCall)] == [
            "machine", "busy", "no_answer"
        ]  # fmt: skip
        row = visit(county)
        assert (row["tries"], row["way"]) == (3, "text")
        text = await county.caller.receives("满意请回复 1")
        assert OUTCOME in text.body
        await county.caller.texts(HOTLINE, "满意")
        await county.quiet(60)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "satisfied")
        assert visit(county)["heard_by"] == "sms"
        assert county.rows(Message)[-1]["body"].endswith("已记下“满意”。")

    tell_briefly(first)
    tell_briefly(second, start=MONDAY_MORNING + 3 * HOUR)
    tell_briefly(third, start=MONDAY_MORNING + 31 * HOUR)


def test_nobody_is_rung_at_night(tell_briefly: Teller) -> None:
    async def evening(county: County) -> None:
        number = await told_by_telephone(county)
        resolve(county, number)
        await county.quiet(1_800)
        assert county.exchange.ledger.rung() == []
        assert visit(county)["next_try_at"] == NEXT_MORNING + timedelta(minutes=1)

    async def morning(county: County) -> None:
        call = await visited(county, patience=180)
        assert county.clock.now() >= NEXT_MORNING + timedelta(minutes=1)
        await call.hears(OUTCOME)
        await call.presses("1")
        await call.hears("谢谢")
        await call.hangs_up()
        await county.quiet()
        assert county.tickets[0]["state"] == "closed"

    tell_briefly(evening, start=EVENING)
    tell_briefly(morning, start=NEXT_MORNING)


def test_seven_days_of_silence_close_it_once(tell_briefly: Teller) -> None:
    """By whichever of two workers comes first, and after a restart."""

    async def asked(county: County) -> None:
        number = await told_by_telephone(county)
        resolve(county, number)
        call = await visited(county)
        await call.hears(OUTCOME)
        await call.hangs_up()
        await county.quiet(240)
        row = visit(county)
        assert (row["way"], row["state"]) == ("text", "open")
        assert row["silent_at"] == row["texted_at"] + timedelta(days=7)
        assert len(texts_to(county)) == 1

    async def nearly(county: County) -> None:
        await county.quiet(120)
        assert county.tickets[0]["state"] == "resolved"

    async def later(county: County) -> None:
        second = assemble(county.service.settings, county.clock)
        async with second.running():
            await county.quiet(120)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "none_given")
        closings = [
            event
            for event in county.rows(TicketEvent, ticket_id=1)
            if event["to_state"] == "closed"
        ]
        assert [event["actor"] for event in closings] == ["system"]
        assert visit(county)["state"] == "silent"
        assert len(texts_to(county)) == 1

    tell_briefly(asked)
    tell_briefly(nearly, start=MONDAY_MORNING + timedelta(days=7) - HOUR)
    tell_briefly(later, start=MONDAY_MORNING + timedelta(days=7) + HOUR)


def test_a_late_word_still_counts(tell_briefly: Teller) -> None:
    """After STOP the caller can only be rung; days later they call and say it is not settled."""

    async def asked(county: County) -> None:
        await county.caller.texts(HOTLINE, "TD")
        number = await told_by_telephone(county)
        resolve(county, number)
        call = await visited(county)
        await call.hears(OUTCOME)
        await call.hangs_up()
        await county.quiet(240)
        row = visit(county)
        assert (row["way"], row["state"], row["texted_at"]) == ("none", "open", None)
        assert texts_to(county) == []

    async def calls(county: County) -> None:
        call = await walk(await call_hotline(county), "3")
        await call.presses(county.tickets[0]["number"])
        await call.hears("问题没解决请按 3")
        await call.presses("3")
        await call.hears("马上重新办理")
        await call.hangs_up()
        await county.quiet()
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("reopened", "not_settled")
        row = visit(county)
        assert (row["state"], row["heard_by"]) == ("answered", "status")

    tell_briefly(asked)
    tell_briefly(calls, start=MONDAY_MORNING + timedelta(days=3))


def test_a_sealed_ticket_is_told_to_its_caller_only(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        await told_by_telephone(county)  # the telephone has called the hotline
        sealed = appeal(county, "complaint", channel="phone", confidential=True)
        for state, why in (("acknowledged", ""), ("in_progress", ""), ("resolved", "查清了。")):
            move(county, sealed, state, "staff:1", why)
        call = await visited(county)
        await call.hears("如果是您本人打过我们的热线")
        await call.waits_for_prompt()
        assert not any("查清" in text or "投诉" in text for text in call.texts())
        await call.presses("2")
        await call.hears("对不起")
        await call.ended()
        await county.quiet(120)
        assert not any("查清" in text for text in call.texts())
        row = visit(county)
        assert (row["state"], row["tries"], row["way"]) == ("open", 1, "call")
        assert row["next_try_at"] is not None
        assert county.rows(OutboundCall)[0]["state"] == "somebody_else"

    tell_briefly(story)


def test_a_call_that_may_or_may_not_ring_is_never_repeated(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        number = await told_by_telephone(county)
        resolve(county, number)
        await county.quiet(300)
        assert [row["state"] for row in county.rows(OutboundCall)] == ["unknown"]
        assert visit(county)["tries"] == 0
        await county.quiet(900)
        row = visit(county)
        assert (row["tries"], row["way"]) == (1, "text")
        assert len(county.rows(OutboundCall)) == 1
        assert len(texts_to(county)) == 1

    tell_briefly(story, faults=FaultPlan(rest_server_error=1.0))


def test_the_best_time_of_a_caller_is_kept(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        number = await told_by_telephone(county)
        with county.service.database.writing() as connection:
            now = county.clock.now()
            note_best_time(connection, blind_index(CALLER), 18 * 60, 19 * 60, "staff:1", now)
        resolve(county, number)
        await county.quiet(300)
        assert county.exchange.ledger.rung() == []
        assert visit(county)["next_try_at"] == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    tell_briefly(story)


def test_by_text_from_opening_to_the_closing_word(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        await county.caller.texts(HOTLINE, "我家的水管漏水三天了，没有人来修。")
        await county.quiet(60)
        (ticket,) = county.tickets
        assert ticket["channel"] == "sms"
        resolve(county, ticket["number"])
        text = await county.caller.receives("没解决回复 3")
        assert ticket["number"] in text.body
        await county.caller.texts(HOTLINE, "3，水又停了")
        await county.quiet(60)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("reopened", "not_settled")
        assert county.exchange.ledger.rung() == []

    async def again(county: County) -> None:
        resolve(county, county.tickets[0]["number"], "换了新的水管。")
        await county.caller.receives("换了新的水管")
        await county.caller.texts(HOTLINE, "1")
        await county.quiet(60)
        (ticket,) = county.tickets
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "satisfied")

    tell_briefly(story)
    tell_briefly(again, start=MONDAY_MORNING + HOUR)
