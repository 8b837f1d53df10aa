"""What holds at every place: silence, wrong keys, 0, 9, and hanging up."""

import pytest
from tests.stories.callers import LANGUAGES, PLACES, call_and_walk, call_hotline, walk
from tests.stories.conftest import Teller
from tests.stories.county import OFFICERS, County

everywhere = pytest.mark.parametrize("place", list(PLACES))
in_both_languages = pytest.mark.parametrize("language", LANGUAGES)


async def officer_takes_it(county: County) -> None:
    """The first duty officer is rung, hears the whisper and takes the call."""
    incoming = await county.officer.rung()
    await incoming.hears("1")
    await incoming.presses("1")
    await incoming.is_connected()


@everywhere
@in_both_languages
def test_silence_reaches_a_person(tell_briefly: Teller, place: str, language: str) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await call_and_walk(county, place, language)
        await call.hears("我没有听到您的选择" if language == "zh-CN" else "did not hear")
        await call.hears("我请工作人员来和您说" if language == "zh-CN" else "somebody to talk")
        await officer_takes_it(county)
        await call.hangs_up()
        await county.quiet()
        assert not county.exchange.ledger.application_errors

    tell_briefly(story)


@everywhere
@in_both_languages
def test_0_reaches_a_person(tell_briefly: Teller, place: str, language: str) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await call_and_walk(county, place, language)
        await call.presses("0#" if place == "ticket number" else "0")
        await call.hears("正在为您接通值班人员" if language == "zh-CN" else "officer on duty")
        await officer_takes_it(county)
        await call.hangs_up()

    tell_briefly(story)


@everywhere
def test_9_reaches_the_emergency_desk(tell_briefly: Teller, place: str) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await call_and_walk(county, place)
        await call.presses("9#" if place == "ticket number" else "9")
        await call.hears("危险时先离开，再打电话")
        await officer_takes_it(county)
        await call.hangs_up()
        await county.quiet()
        assert [ticket["kind"] for ticket in county.tickets] == ["incident"]
        assert set(county.exchange.ledger.rung()) == set(OFFICERS)

    tell_briefly(story)


@pytest.mark.parametrize("place", [place for place in PLACES if place != "ticket number"])
@in_both_languages
def test_wrong_keys_are_forgiven_twice_and_then_reach_a_person(
    tell_briefly: Teller, place: str, language: str
) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await call_and_walk(county, place, language)
        for _ in range(2):
            await call.presses("7")
            await call.hears("这个按键这里用不上" if language == "zh-CN" else "does nothing here")
            await call.waits_for_prompt()
        await call.presses("7")
        await officer_takes_it(county)
        await call.hangs_up()

    tell_briefly(story)


@everywhere
@in_both_languages
def test_hanging_up_is_logged_and_followed_by_calling_back(
    tell_briefly: Teller, place: str, language: str
) -> None:
    async def story(county: County) -> None:
        call = await call_and_walk(county, place, language)
        await call.hangs_up()
        await county.quiet(150)
        (row,) = county.calls
        assert row["status"] == "completed"
        assert row["ended_at"] is not None
        heard_a_policy = place.startswith("policy, ")
        assert row["outcome"] == ("policy" if heard_a_policy else "abandoned")
        tasks = [ticket["kind"] for ticket in county.tickets]
        assert tasks == ([] if heard_a_policy else ["callback"])
        assert county.exchange.ledger.rung() == []
        assert not county.exchange.ledger.application_errors

    tell_briefly(story)


def test_an_emergency_word_is_understood_at_the_menu(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        county.officer.answers(after=2)
        call = await walk(await call_hotline(county), "")
        await call.says("救命啊，发大水了")
        await call.hears("危险时先离开，再打电话")
        await officer_takes_it(county)
        await call.hangs_up()

    tell_briefly(story)
