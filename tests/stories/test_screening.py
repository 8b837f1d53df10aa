"""Before the menus: banned numbers, and the number to be pressed."""

import re

from app.calls.screening.models import Ban, ChallengeAnswer
from app.calls.screening.queries import bans
from app.calls.screening.service import ban, lift
from app.exchange.phones.scripted import ScriptedCall
from app.site_settings.service import change_setting
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, HOTLINE, OFFICERS, County

NEIGHBOUR = "+8613800138001"
IN_FORCE = 6  # seconds until a change is known everywhere


def banned(county: County, number: str = CALLER) -> int:
    """Somebody puts a number on the ban list."""
    with county.service.database.writing() as connection:
        return ban(
            connection,
            number=number,
            reason="一天打了四十次，不说话",
            until=None,
            actor="staff:1",
            at=county.clock.now(),
        )


def switch(county: County, key: str, value: object) -> None:
    """Somebody changes a setting on the console."""
    with county.service.database.writing() as connection:
        change_setting(connection, key, value, "staff:1", county.clock.now())


async def spoken_key(call: ScriptedCall) -> str:
    """The number that is to be pressed."""
    line = await call.hears("请按数字")
    await call.waits_for_prompt()
    found = re.search(r"请按数字 (\d)", line.text)
    assert found
    return found.group(1)


def test_a_banned_caller_reaches_the_emergency_desk_and_nothing_else(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        free = await county.caller.dial(HOTLINE)
        await free.hears("查询政策，请按 1")
        await free.presses("1")
        await free.hangs_up()
        ban_id = banned(county)
        await county.quiet(IN_FORCE)

        for key in ("0", "1", ""):
            call = await county.caller.dial(HOTLINE)
            await call.hears("暂时不能使用热线")
            await call.hears("press 9")
            await call.waits_for_prompt()
            if key:
                await call.presses(key)
            await call.hears("再见")
            assert await call.ended() == "completed"
        assert county.exchange.ledger.rung() == []

        county.officer.answers(after=3)
        call = await county.caller.dial(HOTLINE)
        await call.hears("请按 9")
        await call.presses("9")
        await call.hears("危险时先离开")
        officer = await county.officer.rung()
        await officer.presses("1")
        await call.is_connected()
        await officer.hangs_up()
        await county.quiet(150)
        assert set(county.exchange.ledger.rung()) == set(OFFICERS)
        assert {ticket["kind"] for ticket in county.tickets} == {"incident", "callback"}
        outcomes = [call["outcome"] for call in county.calls if call["direction"] == "inbound"]
        assert outcomes == ["abandoned", "banned", "banned", "banned", "ticket"]
        (row,) = county.rows(Ban)
        assert row["calls"] == 4

        with county.service.database.writing() as connection:
            assert lift(connection, ban_id, "staff:1", county.clock.now())
            assert not lift(connection, ban_id, "staff:1", county.clock.now())
        await county.quiet(IN_FORCE)
        call = await county.caller.dial(HOTLINE)
        await call.hears("查询政策，请按 1")
        await call.hangs_up()
        assert county.audited == [("staff:1", "ban.made"), ("staff:1", "ban.lifted")]
        with county.service.database.reading() as connection:
            (listed,) = bans(connection, county.clock.now())
        assert (listed.number, listed.is_standing) == (CALLER, False)

    tell_briefly(story)


def test_others_are_not_touched_by_a_ban(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        banned(county)
        await county.quiet(IN_FORCE)
        call = await county.exchange.phone(NEIGHBOUR).dial(HOTLINE)
        await call.hears("查询政策，请按 1")
        await call.hangs_up()

    tell_briefly(story)


def test_the_challenge_is_passed_once_a_day(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        switch(county, "challenge", "all")
        await county.quiet(IN_FORCE)
        call = await county.caller.dial(HOTLINE)
        await call.presses(await spoken_key(call))
        await call.hears("查询政策，请按 1")
        await call.hangs_up()
        again = await county.caller.dial(HOTLINE)
        await again.hears("查询政策，请按 1")
        await again.hangs_up()
        assert [answer["passed"] for answer in county.rows(ChallengeAnswer)] == [True]

    tell_briefly(story)


def test_the_challenge_failed_leads_to_the_voicemail(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        switch(county, "challenge", "all")
        await county.quiet(IN_FORCE)
        call = await county.caller.dial(HOTLINE)
        for _ in range(2):
            right = await spoken_key(call)
            await call.presses("1" if right != "1" else "2")
        await call.hears("请在嘀声后留言")
        await call.waits_for_prompt()
        await call.talks(5)
        await call.presses("#")
        await call.hears("您的留言已经登记")
        await county.quiet()
        assert [ticket["kind"] for ticket in county.tickets] == ["voicemail"]
        assert [answer["passed"] for answer in county.rows(ChallengeAnswer)] == [False]
        assert county.exchange.ledger.rung() == []

    tell_briefly(story)


def test_an_elder_who_does_not_understand_reaches_a_person(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        switch(county, "challenge", "all")
        await county.quiet(IN_FORCE)
        county.officer.answers(after=3)
        call = await county.caller.dial(HOTLINE)
        await call.hears("请按数字")
        officer = await county.officer.rung()
        await officer.presses("1")
        await call.is_connected()
        await officer.hangs_up()

    tell_briefly(story)


def test_the_emergency_key_is_never_behind_the_challenge(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        switch(county, "challenge", "all")
        banned(county, NEIGHBOUR)
        await county.quiet(IN_FORCE)
        call = await county.caller.dial(HOTLINE)
        await call.hears("紧急情况请按 9")
        await call.presses("9")
        await call.hears("危险时先离开")
        await call.hangs_up()

    tell_briefly(story)


def test_only_who_calls_too_often_is_challenged(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        switch(county, "challenge", "busy")
        switch(county, "challenge_calls_per_hour", 2)
        await county.quiet(IN_FORCE)
        for _ in range(2):
            call = await county.caller.dial(HOTLINE)
            await call.hears("查询政策，请按 1")
            await call.hangs_up()
        third = await county.caller.dial(HOTLINE)
        await spoken_key(third)
        await third.hangs_up()
        other = await county.exchange.phone(NEIGHBOUR).dial(HOTLINE)
        await other.hears("查询政策，请按 1")
        await other.hangs_up()
        await county.quiet(3_700)
        later = await county.caller.dial(HOTLINE)
        await later.hears("查询政策，请按 1")
        await later.hangs_up()

    tell_briefly(story)
