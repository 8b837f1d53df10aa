"""Asking a policy: by key, by words, in full, again, another one."""

import pytest
from app.policies.models import PolicyReading, UnansweredWords
from tests.stories.callers import call_hotline, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, County


def test_a_policy_is_read_short_and_then_in_full(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await call.hears("水库移民服务热线")
        await call.hears("查询政策，请按 1")
        await walk(call, "11")
        await call.hears("每人每年六百元")
        await walk(call, "1")
        await call.hears("完整说明")
        await call.hears("移民安置局可以为您查询")
        await call.hears("国发〔2006〕17号")
        await call.hangs_up()
        await county.quiet()

        readings = county.rows(PolicyReading)
        assert [(row["article"], row["part"]) for row in readings] == [
            ("support-amount", "short"),
            ("support-amount", "full"),
        ]
        (row,) = county.calls
        assert (row["status"], row["caller"], row["node"]) == ("completed", CALLER, "policy.ask")
        assert not county.exchange.ledger.application_errors

    tell(story)


def test_a_policy_is_read_in_english(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county, "en-US")
        await walk(call, "13")
        heard = await call.hears("same standards as railways")
        assert heard.language == "en-US"
        await walk(call, "1")
        await call.hears("State Council Decree 471")
        await call.hangs_up()
        await county.quiet()
        assert {row["language"] for row in county.rows(PolicyReading)} == {"en-US"}

    tell(story)


def test_a_policy_is_found_by_words_repeated_and_followed_by_another(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await call.waits_for_prompt()
        await call.says("我想问补贴政策")
        await call.hears("请用一句话说出")
        await call.waits_for_prompt()
        await call.says("我家的田被淹了要赔多少钱")
        await call.hears("执行同样的标准")
        await walk(call, "2")
        await call.hears("执行同样的标准")
        await walk(call, "3")
        await call.hears("请用一句话说出")
        await call.hangs_up()
        await county.quiet()
        readings = county.rows(PolicyReading)
        assert [(row["article"], row["repeated"]) for row in readings] == [
            ("land-compensation", False),
            ("land-compensation", True),
        ]

    tell(story)


def test_words_nobody_understands_are_kept_and_lead_to_a_person(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=3)
        call = await walk(await call_hotline(county), "1")
        for _ in range(2):
            await call.says("今天天气怎么样")
            await call.hears("我没有听明白")
            await call.waits_for_prompt()
        await call.says("哈哈哈")
        await call.hears("我请工作人员来和您说")
        incoming = await county.officer.rung()
        await incoming.hears("接听请按 1")
        await incoming.presses("1")
        await call.is_connected()
        await call.hangs_up()
        await county.quiet()
        words = [row["words"] for row in county.rows(UnansweredWords)]
        assert words == ["今天天气怎么样", "今天天气怎么样", "哈哈哈"]

    tell(story)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_the_star_repeats_what_was_asked(tell_briefly: Teller, language: str) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county, language), "*")
        await call.hears("请按 1" if language == "zh-CN" else "press 1")
        await call.hangs_up()

    tell_briefly(story)


def test_after_a_policy_the_main_menu_is_one_key_away(tell_briefly: Teller) -> None:
    """The articles say "press 2 in the main menu": whoever has heard one gets there."""

    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "111")
        await call.hears("回主菜单，请按 5")
        await call.presses("5")
        await call.hears("反映诉求，请按 2")
        await call.hangs_up()

    tell_briefly(story)
