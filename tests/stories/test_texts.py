"""Texts to the hotline and from it: after a call, by number, in free words, and not at all."""

import re
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from app.exchange.faults import FaultPlan
from app.exchange.phones.scripted import ScriptedPhone
from app.jobs.models import Job
from app.messages.models import Message, OptOut
from app.tickets.notes.models import TicketNote
from app.tickets.service import transition
from tests.stories.callers import call_hotline, leave_appeal, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, HOTLINE, County
from tests.stories.test_trouble import database_gone

NEIGHBOUR = "+8613900139000"
LANDLINE = "+867458501234"


def number_in(body: str) -> str:
    """The ticket number a text tells."""
    found = re.search(r"\d{8}", body)
    assert found, body
    return found.group()


def messages(county: County, direction: str = "out") -> list[Mapping[str, Any]]:
    return county.rows(Message, direction=direction)


async def text_and_answer(phone: ScriptedPhone, body: str) -> str:
    """Send a text and wait for what is answered."""
    await phone.texts(HOTLINE, body)
    return (await phone.receives()).body


def test_after_a_call_the_ticket_number_comes_by_text(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("您的诉求已经登记")
        await call.hangs_up()
        text = await county.caller.receives("已登记")
        (ticket,) = county.tickets
        assert text.body.startswith("【移民热线】您反映的“后期扶持资金”已登记")
        assert number_in(text.body) == ticket["number"]
        assert "30分钟内响应，24小时内办结" in text.body
        await county.quiet()
        (message,) = messages(county)
        assert (message["status"], message["ticket_id"]) == ("delivered", ticket["id"])
        assert county.exchange.ledger.texted(CALLER) == [message["body"]]

    tell_briefly(story)


def test_in_english_too_and_never_to_a_landline(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county, "en-US")
        await leave_appeal(call)
        await call.hangs_up()
        text = await county.caller.receives("is registered, ticket")
        assert text.body.startswith("[Migrants' hotline] Your appeal about support money")
        landline = await county.exchange.phone(LANDLINE).dial(HOTLINE)
        await leave_appeal(landline)
        await landline.hears("您的诉求已经登记")
        await landline.hangs_up()
        await county.quiet()
        assert len(county.tickets) == 2
        assert len(messages(county)) == 1

    tell_briefly(story)


def test_the_number_by_text_tells_how_the_ticket_stands(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        number = number_in(await text_and_answer(county.caller, "我家分的房子漏水"))
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
        answer = await text_and_answer(county.caller, f"工单{wide}怎么样了？")
        assert answer == f"【移民热线】工单 {number}（其他）已经登记，正在等工作人员响应。"
        with county.service.database.writing() as connection:
            transition(connection, number, "acknowledged", "staff:1", "", county.clock.now())
        answer = await text_and_answer(county.caller, f"{number[:4]} {number[4:]}")
        assert "工作人员已经响应" in answer
        answer = await text_and_answer(county.caller, f"{number} 补充一下，二楼也在漏水，很严重")
        assert "您补充的内容已经加到工单" in answer
        (note,) = county.rows(TicketNote)
        assert (note["actor"], note["told_by"]) == ("caller", "")
        assert note["body"] == f"{number} 补充一下，二楼也在漏水，很严重"
        assert len(county.tickets) == 1

    tell_briefly(story)


def test_another_telephone_learns_nothing(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        number = number_in(await text_and_answer(county.caller, "低保停了三个月"))
        neighbour = county.exchange.phone(NEIGHBOUR)
        strange = await text_and_answer(neighbour, number)
        unknown = await text_and_answer(neighbour, "10000005")
        slip = await text_and_answer(neighbour, "10000001")
        assert strange == unknown == slip
        assert "没有查到这个编号" in strange
        assert len(county.tickets) == 1
        answer = await text_and_answer(neighbour, f"{number} 这是我邻居的事，他家的路断了")
        assert "没有查到这个编号。您说的事已另外登记" in answer
        mine = county.tickets[-1]
        assert (mine["caller"], mine["number"]) == (NEIGHBOUR, number_in(answer))

    tell_briefly(story)


def test_free_words_open_a_ticket_and_more_of_them_are_added(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        answer = await text_and_answer(county.caller, "村里的路被大水冲断了，没人管")
        (ticket,) = county.tickets
        assert answer.startswith("【移民热线】您的短信已登记，事项“其他”")
        assert number_in(answer) == ticket["number"]
        told = {name: ticket[name] for name in ("kind", "channel", "category", "words", "caller")}
        assert told == {
            "kind": "appeal",
            "channel": "sms",
            "category": "other",
            "words": "村里的路被大水冲断了，没人管",
            "caller": CALLER,
        }
        await county.quiet(120)
        answer = await text_and_answer(county.caller, "还有，桥也不能走了")
        assert answer == f"【移民热线】您补充的内容已经加到工单 {ticket['number']}。"
        await county.quiet(700)
        assert "您的短信已登记" in await text_and_answer(county.caller, "另外我家的电费不对")
        assert len(county.tickets) == 2
        assert [note["body"] for note in county.rows(TicketNote)] == ["还有，桥也不能走了"]
        purposes = [message["purpose"] for message in messages(county, "in")]
        assert purposes == ["appeal", "addition", "appeal"]

    tell_briefly(story)


def test_who_only_says_hello_is_told_how_to_go_on(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        assert "直接发短信说您的事" in await text_and_answer(county.caller, "你好，有人吗？")
        assert county.tickets == []
        assert "您的短信已登记" in await text_and_answer(county.caller, "我家断水三天了")

    tell_briefly(story)


@pytest.mark.parametrize(("language", "answer"), [("zh-CN", "好的"), ("en-US", "All right")])
def test_stop_is_answered_in_the_callers_language(
    tell_briefly: Teller, language: str, answer: str
) -> None:
    """TD is what the Chinese texts ask for, in Latin letters."""

    async def story(county: County) -> None:
        await text_and_answer(
            county.caller, "我家断水三天了" if language == "zh-CN" else "No water for three days"
        )
        assert answer in await text_and_answer(county.caller, "TD")
        assert answer in await text_and_answer(county.caller, "START")

    tell_briefly(story)


@pytest.mark.parametrize(
    ("stop", "start"), [("ＴＤ", "订阅"), ("stop!", "Start"), ("退订", "START")]
)
def test_stop_is_confirmed_once_and_then_there_is_silence(
    tell_briefly: Teller, stop: str, start: str
) -> None:
    async def story(county: County) -> None:
        caller = county.caller
        assert await text_and_answer(caller, stop)
        for body in (stop, "我家的补贴没有到账"):
            await caller.texts(HOTLINE, body)
        await county.quiet()
        assert len(county.tickets) == 1  # nothing is lost by wanting no answer
        assert len(caller.received) == 1
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hangs_up()
        await county.quiet()
        assert len(caller.received) == 1
        assert await text_and_answer(caller, start)
        number = county.tickets[0]["number"]
        assert "已经登记" in await text_and_answer(caller, number)
        assert county.rows(OptOut) == []

    tell_briefly(story)


@pytest.mark.parametrize("seed", range(3))
def test_duplicates_and_late_reports_change_nothing(tell_briefly: Teller, seed: int) -> None:
    async def story(county: County) -> None:
        await text_and_answer(county.caller, "水管爆了，全村没有水")
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("您的诉求已经登记")
        await call.hangs_up()
        await county.caller.receives("您反映的")
        await county.quiet(180)
        assert len(county.tickets) == 2
        assert len(county.caller.received) == 2
        by_key = {message["key"]: message["status"] for message in messages(county)}
        assert sorted(by_key.values()) == ["answered", "delivered"]
        bodies = {hook.body for hook in county.exchange.ledger.webhooks("/messages/incoming")}
        assert len(bodies) == 1

    faults = FaultPlan(
        seed, duplicate=1.0, duplicate_actions=1.0, reorder=0.7, delay=0.5, delay_seconds=30.0
    )
    tell_briefly(story, faults=faults)


@pytest.mark.parametrize(
    "fault", ["rest_refuse", "rest_too_many", "rest_server_error", "rest_lose"]
)
def test_a_text_is_sent_once_whatever_the_provider_does(tell_briefly: Teller, fault: str) -> None:
    async def story(county: County) -> None:
        for round_ in range(6):
            county.exchange.faults = FaultPlan(round_, **{fault: 0.6})
            call = await call_hotline(county)
            await leave_appeal(call)
            await call.hears("您的诉求已经登记")
            await call.hangs_up()
            await county.quiet(60)
        county.exchange.faults = FaultPlan()
        await county.quiet(
            1_300
        )  # a lost one is looked for after a minute and a quarter of an hour
        numbers = [ticket["number"] for ticket in county.tickets]
        texts = [number_in(body) for body in county.exchange.ledger.texted(CALLER)]
        assert sorted(texts) == sorted(numbers)  # everybody was told, and nobody twice
        assert {row["status"] for row in messages(county)} <= {"delivered", "lost"}

    tell_briefly(story)


def test_with_the_database_away_a_text_is_kept_and_its_number_comes_later(tell: Teller) -> None:
    async def story(county: County) -> None:
        with database_gone(county):
            answer = await text_and_answer(county.caller, "安置房的墙裂了")
            assert "您的短信已收到，不会丢失" in answer
            again = await text_and_answer(county.caller, "裂缝有两指宽")
            assert "稍后用短信告诉您" in again
        await county.quiet()
        (ticket,) = county.tickets
        assert ticket["words"] == "安置房的墙裂了"
        late = sorted(text.body[6:13] for text in county.caller.received[2:])
        assert late == ["您的短信已登记", "您补充的内容已"]

    tell(story)


STRANGE = [
    "",
    "。",
    "😀😀",
    "x" * 10_000,
    "好" * 1_600,
    "\x00\x07我家\x1b的\ud7ff地 被占了\x0b",
    "<Message>&amp;</Message>",
    "'; DROP TABLE tickets; --",
    "=HYPERLINK(1)",
]


@pytest.mark.parametrize("body", STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_are_answered_and_kept(tell_briefly: Teller, body: str) -> None:
    async def story(county: County) -> None:
        assert await text_and_answer(county.caller, body)
        await county.quiet()
        kept = "".join(message["body"] for message in messages(county, "in"))
        clean = body.translate(dict.fromkeys([0, 7, 11, 27]))
        assert kept == clean
        assert county.exchange.debugger.codes == []
        hooks = county.exchange.ledger.webhooks("/messages/incoming")
        assert {hook.status for hook in hooks} == {200}

    tell_briefly(story)


def test_a_talkative_number_is_capped_and_loses_nothing(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        for index in range(12):
            await county.caller.texts(
                HOTLINE, f"第{'一二三四五六七八九十'[index % 10]}件事没有人管"
            )
            await county.quiet(660 if index < 5 else 5)
        assert len(county.tickets) == 5
        kept = [t["words"] for t in county.tickets] + [n["body"] for n in county.rows(TicketNote)]
        assert len(kept) == 12
        assert len(county.caller.received) == 10

    tell_briefly(story)


def test_machines_are_never_answered(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        for sender in ("10086", "BANK", "+1069"):
            form = {
                "MessageSid": f"SM{sender}",
                "From": sender,
                "To": HOTLINE,
                "Body": "您的积分到期",
            }
            async with httpx2.AsyncClient() as client:
                reply = await client.post(**county.signed("/messages/incoming", **form))
            assert "<Message>" not in reply.text
        assert county.tickets == []
        assert {message["purpose"] for message in messages(county, "in")} == {"machine"}

    tell_briefly(story)


def test_an_article_comes_by_text_on_request(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "11")
        await call.hears("发到您手机上，请按 4")
        await call.presses("4")
        await call.hears("已经发到您的手机")
        await call.presses("4")
        await call.hangs_up()
        text = await county.caller.receives("后期扶持")
        assert text.body.startswith("【移民热线】")
        assert "国发〔2006〕17号" in text.body
        await county.quiet()
        assert len(county.caller.received) == 1

    tell_briefly(story)


def test_the_providers_refusal_of_an_unwilling_number_is_remembered(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        county.exchange.messages.blocked.add(CALLER)
        for _ in range(2):
            call = await call_hotline(county)
            await leave_appeal(call)
            await call.hangs_up()
            await county.quiet()
        (message,) = messages(county)
        assert (message["status"], message["error"]) == ("failed", "21610")
        assert [row["source"] for row in county.rows(OptOut)] == ["provider"]
        assert {job["state"] for job in county.rows(Job, kind="message.send")} == {"done"}

    tell_briefly(story)


def test_a_telephone_that_is_off_is_told_apart(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        county.caller.is_off()
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hangs_up()
        await county.quiet()
        (message,) = messages(county)
        assert (message["status"], message["error"]) == ("undelivered", "30003")

    tell_briefly(story)


def test_a_forged_text_is_refused(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        form = {"MessageSid": "SM1", "From": CALLER, "To": HOTLINE, "Body": "你好，我要投诉"}
        request = county.signed("/messages/incoming", **form)
        request["data"]["Body"] = "另外的话"
        async with httpx2.AsyncClient() as client:
            assert (await client.post(**request)).status_code == 403
        assert messages(county, "in") == []

    tell_briefly(story)
