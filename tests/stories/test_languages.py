"""Languages, hours and temporary notices, as callers hear them by telephone."""

from datetime import UTC, datetime, timedelta

from app.notices.service import NoticeWish, switch_off, switch_on
from app.tickets.households.models import Caller
from tests.stories.conftest import Teller
from tests.stories.county import HOTLINE, County

FOLLOWS = 2  # seconds within which every worker knows
FIRST_OF_OCTOBER = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


def switch(county: County, minutes: float, **words: str) -> int:
    """A supervisor switches an urgent notice on."""
    now = county.clock.now()
    wish = NoticeWish(
        words={tag.replace("_", "-"): text for tag, text in words.items()},
        default_language="zh-CN",
        until=now + timedelta(minutes=minutes),
        urgent=True,
        template="flood_warning",
    )
    with county.service.database.writing() as connection:
        return switch_on(connection, wish, "staff:1", now)


def test_a_cantonese_caller_hears_cantonese_and_is_remembered(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await county.caller.dial(HOTLINE)
        await call.hears("廣東話，請撳 5")
        await call.waits_for_prompt()
        await call.presses("5")
        line = await call.hears("廣東話，請撳 3")
        assert line.language == "yue-HK"
        await call.waits_for_prompt()
        await call.presses("3")
        assert (await call.hears("呢度係水庫移民服務熱線")).language == "yue-HK"
        await call.hears("查政策，請撳 1")
        await call.hangs_up()
        await county.quiet(5)
        assert [caller["language"] for caller in county.rows(Caller)] == ["yue-HK"]

        again = await county.caller.dial(HOTLINE)
        assert (await again.hears("呢度係水庫移民服務熱線")).language == "yue-HK"
        await again.waits_for_prompt()
        await again.presses("2")
        await again.hears("請揀您要反映嘅事")
        await again.hears("後期扶持資金，請撳 1")
        await again.hangs_up()
        neighbour = await county.exchange.phone("+8613800138001").dial(HOTLINE)
        await neighbour.hears("您好，这里是水库移民服务热线")
        await neighbour.hangs_up()

    tell(story)


def test_a_flood_notice_is_heard_by_the_next_caller_and_not_after_its_end(tell: Teller) -> None:
    async def story(county: County) -> None:
        quiet = await county.caller.dial(HOTLINE)
        await quiet.hears("查询政策，请按 1")
        await quiet.hangs_up()
        switch(county, 2, zh_CN="今天有洪水预警。")
        await county.clock.sleep(FOLLOWS)

        call = await county.caller.dial(HOTLINE)
        await call.hears("今天有洪水预警")
        await call.hears("您好，这里是水库移民服务热线")
        await call.hears("查询政策，请按 1")
        await call.hangs_up()

        hurried = await county.caller.dial(HOTLINE)
        await hurried.hears("今天有洪水预警")
        await hurried.presses("9")
        await hurried.hears("这里是紧急值班")
        await hurried.hangs_up()

        await county.clock.sleep(120)
        late = await county.caller.dial(HOTLINE)
        await late.hears("查询政策，请按 1")
        assert not any("洪水" in line.text for line in late.transcript)
        await late.hangs_up()
        assert county.audited == [("staff:1", "notice.switched_on")]

    tell(story)


def test_two_workers_follow_a_notice_that_is_switched_off(tell: Teller) -> None:
    async def story(county: County) -> None:
        notice = switch(county, 60, zh_CN="今天有洪水预警。")
        async with county.restarted():
            await county.clock.sleep(FOLLOWS)
            call = await county.caller.dial(HOTLINE)
            await call.hears("今天有洪水预警")
            await call.hangs_up()
            with county.service.database.writing() as connection:
                switch_off(connection, notice, "staff:2", county.clock.now())
            await county.clock.sleep(FOLLOWS)
            there = await county.caller.dial(HOTLINE)
            await there.hears("查询政策，请按 1")
            assert not any("洪水" in line.text for line in there.transcript)
            await there.hangs_up()
        here = await county.caller.dial(HOTLINE)
        await here.hears("查询政策，请按 1")
        assert not any("洪水" in line.text for line in here.transcript)
        await here.hangs_up()

    tell(story)


def test_holiday_hours_are_told_on_the_first_of_october(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await county.caller.dial(HOTLINE)
        await call.waits_for_prompt()
        await call.presses("5")
        await call.waits_for_prompt()
        await call.presses("8")
        await call.hears("十月八日星期四上午8点30分上班")
        await call.hears("十月一日星期四到十月七日星期三放假")
        await call.hears("十月十日星期六照常上班")
        await call.hears("查询政策，请按 1")
        await call.hangs_up()

    tell_briefly(story, start=FIRST_OF_OCTOBER)
