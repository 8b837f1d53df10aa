"""Whole matters, from the first word to the caller's last, by each way into the house.

Staff work by the console's own pages and callers by telephone, text or portal; at the end of each
the books are in order: nothing twice, nothing left over, nothing unexplained.
"""

import re
from datetime import timedelta
from typing import Any

from app.jobs.models import Job
from app.messages.models import Message
from app.people.alerts.models import Alert
from app.people.audit.queries import verify
from app.people.staff.models import Staff
from app.tickets.attachments.models import TicketAttachment
from app.tickets.models import TicketEvent
from app.tickets.notes.models import TicketNote
from tests.portal.visitor import number_on, png
from tests.stories.browsers import at_home, desk_of, hire
from tests.stories.callers import call_hotline, leave_appeal
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, MONDAY_MORNING, County
from tests.stories.desk import WANG, ZHAO, alarms, on_duty
from tests.stories.test_closing import visited
from tests.stories.test_texts import number_in, text_and_answer

MENDED, MENDED_AGAIN = "水管已经接好。", "换了新的水管，已经通水。"
REGISTERED = (
    "【移民热线】您反映的“{}”已登记，工单编号 #。工作人员30分钟内响应，24小时内办结。"
    "回复编号可查进度，不想收短信请回复 TD。"
)
SIGNED_IN = "sign_in.succeeded"
LATER = MONDAY_MORNING + timedelta(minutes=80)  # the same number is rung once an hour


def history(county: County) -> list[tuple[str, str]]:
    """What happened to the only ticket, as actors and events; changes by the state they led to."""
    return [(row["actor"], row["to_state"] or row["event"]) for row in county.rows(TicketEvent)]


def alerted(county: County) -> list[tuple[int, str]]:
    return [(row["staff_id"], row["kind"]) for row in county.rows(Alert)]


def only_ticket(county: County) -> dict[str, Any]:
    (ticket,) = county.tickets
    return dict(ticket)


def texts(county: County, number: str = CALLER) -> list[str]:
    """What was texted to a telephone, each with the number of its ticket left out."""
    bodies = county.exchange.ledger.texted(number)
    assert len(bodies) == len(set(bodies))
    return [re.sub(r"\d{8}", "#", body) for body in bodies]


def books_are_in_order(county: County) -> None:
    """The chain of the audit holds, no work was given up, and no ticket is without its end."""
    with county.service.database.reading() as connection:
        assert verify(connection) is None
    assert [job for job in county.rows(Job) if job["state"] == "failed"] == []
    for ticket in county.tickets:
        assert ticket["state"] == "closed"
        assert ticket["outcome"]
        assert ticket["satisfaction"]
        assert ticket["closed_at"] >= ticket["resolved_at"] >= ticket["acknowledged_at"]
    assert county.exchange.debugger.codes == []
    keys = [row["key"] for row in county.rows(Message) if row["direction"] == "out"]
    assert len(keys) == len(set(keys))


async def not_settled(county: County) -> None:
    """An appeal by telephone is resolved, and its caller says that it is not settled."""
    wang, zhao = hire(county, "wang", WANG), hire(county, "zhao", ZHAO, "supervisor")
    on_duty(county, wang)
    call = await call_hotline(county)
    await leave_appeal(call)
    await call.hears("工单编号")
    await call.hangs_up()
    number = number_in((await county.caller.receives("已登记")).body)
    assert only_ticket(county)["number"] == number
    await county.quiet(16 * 60)
    assert alarms(county) == ["respond 50"]
    async with desk_of(county, "wang") as desk:
        assert number in await desk.opens("/console/desk")
        await desk.does(number, "acknowledge")
        await desk.does(number, "start")
        await desk.notes(number, "明天上午派人去接水管", "call")
        await desk.notes(number, "村里的老水管，要整段换")
        await desk.fills(number, "resolve", outcome=MENDED)
    call = await visited(county)
    await call.hears(MENDED)
    await call.presses("3")
    await call.hears("马上重新办理")
    await call.presses("5")
    await call.hears("请在嘀声后说")
    await call.talks(6)
    await call.hangs_up()
    await county.quiet(120)
    ticket = only_ticket(county)
    assert (ticket["state"], ticket["satisfaction"]) == ("reopened", "not_settled")
    assert ticket["acknowledged_at"] < ticket["respond_due_at"]
    assert alerted(county) == [
        (wang, "ticket.due_soon"),
        (wang, "ticket.not_settled"),
        (zhao, "ticket.not_settled"),
    ]
    async with desk_of(county, "wang") as desk:
        told = await desk.history(number)
        assert "留下了录音意见" in told
        assert told.count('id="recording-RE') == 1  # the word; the appeal plays above the history
        page = await desk.opens(f"/console/tickets/{number}")
        assert len(set(re.findall(r"/console/recordings/(RE\w+)/player", page))) == 2
        await desk.does(number, "acknowledge")
        await desk.does(number, "start")
    await county.quiet(600)
    assert texts(county) == [REGISTERED.format("后期扶持资金")]
    told = "【移民热线】工单 #：群众回访表示没有解决，已重新办理。"
    assert texts(county, WANG) == texts(county, ZHAO) == [told]


async def settled(county: County) -> None:
    """Resolved again; this time the caller is satisfied."""
    number = only_ticket(county)["number"]
    async with desk_of(county, "wang") as desk:
        await desk.fills(number, "resolve", outcome=MENDED_AGAIN)
    call = await visited(county)
    await call.hears(MENDED_AGAIN)
    await call.presses("1")
    await call.hears("谢谢您的评价")
    await call.ended()
    await county.quiet(300)
    ticket = only_ticket(county)
    assert (ticket["satisfaction"], ticket["outcome"]) == ("satisfied", MENDED_AGAIN)
    assert (ticket["clock_round"], alarms(county)) == (1, ["respond 50"])
    wang, zhao = (f"staff:{row['id']}" for row in county.rows(Staff))
    work = [(wang, "acknowledged"), (wang, "in_progress")]
    assert history(county) == [
        ("system", "new"),
        ("system", "alarm"),
        *work,
        (wang, "told"),
        (wang, "noted"),
        (wang, "resolved"),
        ("caller", "said"),
        ("caller", "reopened"),
        ("caller", "commented"),
        *work,
        (wang, "resolved"),
        ("caller", "said"),
        ("caller", "closed"),
    ]
    assert texts(county) == texts(county, WANG) == texts(county, ZHAO) == []
    assert alerted(county)[3:] == []
    for login in ("wang", "zhao"):
        async with desk_of(county, login) as desk:
            assert number in await desk.opens("/console/alerts?everything=true")
    open_ones = [row["kind"] for row in county.rows(Alert) if not row["acknowledged_at"]]
    assert open_ones == []
    assert county.audited == [(wang, SIGNED_IN)] * 4 + [(zhao, SIGNED_IN)]
    books_are_in_order(county)


def test_by_telephone_reopened_and_settled_at_last(tell: Teller) -> None:
    tell(not_settled)
    tell(settled, start=LATER)


def test_by_text_asked_by_text_and_not_satisfied(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang, zhao = hire(county, "wang", WANG), hire(county, "zhao", ZHAO, "supervisor")
        number = number_in(await text_and_answer(county.caller, "我家的水很小，洗菜都不够。"))
        assert "已经登记" in await text_and_answer(county.caller, number)
        async with desk_of(county, "wang") as desk:
            await desk.does(number, "acknowledge")
            await desk.notes(number, "水压低，已请水利局的人去看", "sms")
            assert "水压低" in (await county.caller.receives("水压低")).body
            await desk.does(number, "start")
            assert "正在办理" in await text_and_answer(county.caller, f"{number}办得怎么样了？")
            await desk.fills(number, "resolve", outcome="水压调高了。")
            asked = await county.caller.receives("没解决回复 3")
            assert "水压调高了。" in asked.body
            reply = await text_and_answer(county.caller, "不满意，水还是小")
            assert number in reply
            await county.quiet(300)
            told = await desk.history(number)
            assert "水还是小" in told
            assert "评价：不满意" in told
        ticket = only_ticket(county)
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "not_satisfied")
        assert ticket["channel"] == "sms"
        notes = [(row["actor"], row["body"]) for row in county.rows(TicketNote)]
        assert notes[-1] == ("caller", "水还是小")
        assert alerted(county) == [(zhao, "ticket.not_satisfied")]
        actor = f"staff:{wang}"
        assert history(county) == [
            ("system", "new"),
            (actor, "acknowledged"),
            (actor, "told"),
            (actor, "in_progress"),
            (actor, "resolved"),
            ("system", "asked"),
            ("caller", "noted"),
            ("caller", "said"),
            ("caller", "closed"),
        ]
        assert texts(county) == [
            "【移民热线】您的短信已登记，事项“其他”，工单编号 #。工作人员30分钟内响应，24小时内办结。"
            "还有话说请直接回复，回复编号可查进度。",
            "【移民热线】工单 #（其他）已经登记，正在等工作人员响应。",
            "【移民热线】水压低，已请水利局的人去看",
            "【移民热线】工单 #（其他）正在办理。",
            "【移民热线】您反映的“其他”（工单 #）已办结。满意请回复 1，不满意回复 2，没解决回复 3。"
            "办理结果：水压调高了。",
            "【移民热线】工单 # 已记下“不满意”，我们会查问原因。谢谢您告诉我们。",
        ]
        assert county.exchange.ledger.rung() == []
        assert county.audited == [(actor, SIGNED_IN)]
        books_are_in_order(county)

    tell(story)


def test_by_the_portal_with_a_photo_and_followed_to_the_end(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = hire(county, "wang", WANG)
        photo = ("漏水.png", png(), "image/png")
        async with at_home(county) as home, desk_of(county, "wang") as desk:
            shown = await home.sends(
                "/appeal", "/appeal", [photo],
                category="housing", words="安置房漏水，没人来修", phone="138 0013 8000",
            )  # fmt: skip
            number = number_on(shown)
            assert number_in((await county.caller.receives("已登记")).body) == number
            await desk.does(number, "acknowledge")
            await desk.does(number, "start")
            await desk.notes(number, "明天上午九点来修", "portal")
            await home.sends("/follow", "/follow", number=number, phone=CALLER)
            code = re.search(r"\b\d{6}\b", (await county.caller.receives("验证码")).body)
            assert code
            page = await home.sends("/follow/code", "/follow/code", code=code.group())
            assert "明天上午九点来修" in page
            await home.sends("/follow/ticket", "/follow/ticket/words", words="二楼也漏了")
            assert "二楼也漏了" in await desk.history(number)
            await desk.fills(number, "resolve", outcome="屋面重新做了防水。")
            page = await home.sends(
                "/follow/ticket", "/follow/ticket/word", word="satisfied", words="修得很快"
            )
            assert "屋面重新做了防水。" in page
            await county.quiet(600)
            assert "修得很快" in await desk.history(number)
        ticket = only_ticket(county)
        assert (ticket["state"], ticket["satisfaction"]) == ("closed", "satisfied")
        assert ticket["channel"] == "portal"
        assert [file["name"] for file in county.rows(TicketAttachment)] == ["漏水.png"]
        actor = f"staff:{wang}"
        assert history(county) == [
            ("system", "new"),
            ("caller", "attached"),
            (actor, "acknowledged"),
            (actor, "in_progress"),
            (actor, "told"),
            ("caller", "noted"),
            (actor, "resolved"),
            ("caller", "noted"),
            ("caller", "said"),
            ("caller", "closed"),
        ]
        registered, coded = texts(county)
        assert registered == REGISTERED.format("住房和安置点")
        assert code.group() in coded
        assert alerted(county) == []
        assert county.audited == [(actor, SIGNED_IN)]
        books_are_in_order(county)

    tell(story)
