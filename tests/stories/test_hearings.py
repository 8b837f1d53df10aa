"""Phone hearings: rung at the hour, roll and quorum, one floor at a time, a secret vote."""

import json
import re

import pytest
from app.calls.models import Call, CallEvent
from app.hearings.errors import HearingError
from app.hearings.models import (
    HearingBallot,
    HearingLeg,
    HearingMember,
    HearingTurn,
    HearingVoter,
    SealedBallot,
)
from app.hearings.queries import recordings
from app.hearings.voting import check_count
from tests.stories.assembly import QUESTION, Assembly, phone
from tests.stories.callers import walk
from tests.stories.conftest import Teller
from tests.stories.county import HOTLINE, County

SEATED = "您已进入听证会"


async def opened(hearing: Assembly) -> None:
    """Everybody has consented and listens."""
    await hearing.all_consent()
    await hearing.county.clock.sleep(3)
    hearing.does("open")
    for call in hearing.calls.values():
        await call.hears(SEATED)
    await hearing.county.clock.sleep(8)


def sound(hearing: Assembly) -> bool:
    """Whether the count of its vote can be done again."""
    with hearing.county.service.database.reading() as connection:
        return check_count(connection, hearing.id, hearing.vote).is_sound


def test_a_vote_is_cast_changed_counted_and_secret(tell: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, languages=("zh-CN", "en-US"), observers=1)
        await hearing.all_consent()
        one, two, three, watcher = (hearing.calls[n] for n in (1, 2, 3, 4))
        await two.hears("has not begun yet")
        hearing.does("open")
        await one.hears(SEATED)
        await two.hears("You are in the hearing")
        hearing.does("vote")
        await one.hears("同意这份评标结果吗")
        await two.hears("Do you agree with the award")
        for call, key in ((one, "1"), (two, "2"), (three, "1")):
            await call.waits_for_prompt()
            await call.presses(key)
        await one.hears("您选的是")
        await one.hears("同意")
        await one.waits_for_prompt()
        await one.presses("2")
        await one.hears("反对")
        await county.clock.sleep(5)
        assert (hearing.voted["tally"], len(hearing.rows(SealedBallot))) == ("", 3)
        hearing.does("close_vote")
        await two.hears("The result of the vote")
        await watcher.hears("result of the vote")
        await county.clock.sleep(30)
        hearing.does("end")
        for call in hearing.calls.values():
            await call.ended()
        await county.quiet()

        assert json.loads(hearing.voted["tally"]) == {"1": 1, "2": 2}
        assert sound(hearing)
        assert hearing.session.state == "closed"
        assert {row["status"] for row in county.calls} == {"completed"}
        # Nothing that is kept joins a member with a choice.
        assert (hearing.rows(SealedBallot), hearing.voted["secret"]) == ([], "")
        assert len(hearing.rows(HearingVoter)) == len(hearing.rows(HearingBallot)) == 3
        at_the_vote = [row for row in county.rows(CallEvent) if row["node"] == "hearing.ballot"]
        cast = [row for row in at_the_vote if "CastBallot" in (row["detail"] or "")]
        assert len(cast) == 4
        for row in cast:
            assert json.loads(row["detail"])["keys"] == "????"
            noted = re.search(
                r"(?:您选的是：|You have chosen:)</Say><Say[^>]*>([^<]*)", row["answer"]
            )
            assert noted is not None
            assert noted.group(1) in ("（不记录）", "(not kept)")
        assert not any("choice" in (row["state"] or "") for row in county.rows(Call))

    tell(story)


def test_the_quorum_is_lost_and_regained(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, quorum=("number", 3))
        await opened(hearing)
        await hearing.calls[3].hangs_up()
        await county.clock.sleep(3)
        with pytest.raises(HearingError, match="2 are present and 3 are needed"):
            hearing.does("vote")
        # The third comes back by dialling in with the PIN, from another telephone.
        call = await county.caller.dial(HOTLINE)
        for key in ("5", "7"):
            await call.waits_for_prompt()
            await call.presses(key)
        await call.hears("听证会密码")
        await call.waits_for_prompt()
        await call.presses(hearing.member(3)["pin"] + "#")
        await call.hears("同意录音并参加")
        await call.waits_for_prompt()
        await call.presses("1")
        await call.hears(SEATED)
        # The roll is called, and the second does not answer it.
        hearing.does("roll_call")
        for one in (hearing.calls[1], call):
            await one.hears("现在点名")
            await one.waits_for_prompt()
            await one.presses("1")
            await one.hears("已记下您到会")
        await county.clock.sleep(60)
        assert hearing.session.present == {hearing.member(1)["id"], hearing.member(3)["id"]}
        kinds = ("quorum_reached", "quorum_lost")
        assert hearing.events(*kinds) == [*kinds, *kinds]
        hearing.does("end")
        await county.quiet()
        assert hearing.legs(3) == ["left", "left"]

    tell_briefly(story)


def test_somebody_on_two_telephones_counts_once(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county)
        await opened(hearing)
        hearing.does("vote")
        for number in (1, 2):
            await hearing.calls[number].hears("同意这份评标结果吗")
            await hearing.calls[number].waits_for_prompt()
            await hearing.calls[number].presses("1")
        call = await county.caller.dial(HOTLINE)
        for key in ("5", "7", hearing.member(1)["pin"] + "#", "1"):
            await call.waits_for_prompt()
            await call.presses(key)
        await call.hears("您选的是")  # their vote is there on this telephone as well
        await hearing.calls[1].ended()
        await call.waits_for_prompt()
        await call.presses("3")
        await call.hears("弃权")
        hearing.does("close_vote")
        await county.clock.sleep(20)
        assert json.loads(hearing.voted["tally"]) == {"1": 1, "3": 1}
        assert sound(hearing)
        assert len(hearing.session.present) == 3
        hearing.does("end")
        await county.quiet()

    tell_briefly(story)


def test_a_worker_dies_in_the_vote(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county)
        await opened(hearing)
        hearing.does("vote")
        for number in (1, 2, 3):
            await hearing.calls[number].hears("同意这份评标结果吗")
        await hearing.calls[1].waits_for_prompt()
        await hearing.calls[1].presses("1")
        await hearing.calls[1].hears("您选的是")
        async with county.restarted():
            for number, key in ((2, "2"), (3, "1")):
                await hearing.calls[number].waits_for_prompt()
                await hearing.calls[number].presses(key)
                await hearing.calls[number].hears("您选的是")
            hearing.does("close_vote")
            await hearing.calls[1].hears("投票结果")
            await county.clock.sleep(15)
            hearing.does("end")
            await county.quiet()
        assert json.loads(hearing.voted["tally"]) == {"1": 2, "2": 1}
        assert sound(hearing)

    tell_briefly(story)


def test_the_floor_is_asked_for_given_and_returns_by_itself(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county)
        await opened(hearing)
        one, two, three = (hearing.calls[n] for n in (1, 2, 3))
        for call in (one, two):
            await call.presses("*", at_once=True)
            await call.hears("要求发言，请按 5")
            await call.waits_for_prompt()
            await call.presses("5")
            await call.hears("已登记您的发言要求")
        await county.clock.sleep(8)
        hearing.does("next_speaker")
        await one.hears("现在请您发言")
        await one.is_connected()
        await one.says("我们组的地少算了两亩。")
        await three.hears("少算了两亩")
        await one.hears("您还有")
        await one.hears("您的发言结束了", patience=60)
        await county.clock.sleep(8)
        hearing.does("next_speaker")
        await two.hears("现在请您发言")
        await two.is_connected()
        await two.presses("*")
        await two.hears("您的发言结束了")
        hearing.announces("休息十分钟。")
        await three.hears("休息十分钟")
        await county.clock.sleep(10)
        hearing.does("end")
        await county.quiet()
        with county.service.database.reading() as connection:
            assert len(recordings(connection, hearing.id)) == 1
        first, second = hearing.rows(HearingTurn)
        assert {first["state"], second["state"]} == {"done"}
        spoken = (first["ended_at"] - first["began_at"]).total_seconds()
        assert hearing.floor_seconds - 5 < spoken < hearing.floor_seconds + 15
        # Nobody was heard but those two.
        heard = [set(pair) for pair in county.exchange.ledger.audible_pairs()]
        assert heard
        assert all(pair & {phone(1), phone(2)} for pair in heard)

    tell_briefly(story)


def test_who_refuses_is_neither_heard_nor_counted_and_who_is_away_is_rung_again(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, moderated=True)
        county.exchange.phone(phone(3)).ignores()
        refusing = await county.exchange.phone(phone(1)).rung(patience=400)
        await refusing.waits_for_prompt()
        await refusing.presses("2")
        await refusing.hears("您不参加这次听证会")
        await refusing.ended()
        await hearing.consents(2)
        moderator = await hearing.consents(4)
        missed = await county.exchange.phone(phone(3)).rung()
        assert await missed.ended() == "no-answer"
        county.exchange.phone(phone(3)).answers(after=2)
        await hearing.consents(3)
        await county.clock.sleep(3)
        assert hearing.legs(3) == ["no_answer", "attending"]
        # The moderator conducts by the keys of a plain telephone.
        await moderator.hears("到会代表 2 人，需要 2 人")
        await moderator.waits_for_prompt()
        await moderator.presses("1")
        await moderator.hears("大家都能听到您")
        await county.clock.sleep(8)
        await moderator.says("现在开会。")
        await hearing.calls[2].hears("现在开会")
        await moderator.presses("*", at_once=True)
        await moderator.hears("开始投票按 5")
        await moderator.waits_for_prompt()
        await moderator.presses("5")
        await hearing.calls[2].hears(QUESTION.question["zh-CN"])
        await moderator.hears("大家都能听到您")
        await county.clock.sleep(5)
        await moderator.presses("*", at_once=True)
        await moderator.hears("结束投票按 5")
        await moderator.waits_for_prompt()
        await moderator.presses("88")
        await hearing.calls[2].hears("听证会已经结束")
        await county.quiet()
        assert hearing.session.state == "closed"
        assert hearing.legs(1) == ["refused"]
        assert json.loads(hearing.voted["tally"]) == {}
        assert len(hearing.rows(HearingMember)) == 4

    tell_briefly(story)


def test_members_are_told_the_hour_by_text_and_come_with_their_pin(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, languages=("zh-CN", "en-US"), hours_ahead=0.25)
        await county.clock.sleep(10)
        texts = [county.exchange.ledger.texted(phone(number)) for number in (1, 2, 3)]
        assert [len(bodies) for bodies in texts] == [1, 1, 1]
        pin = hearing.member(1)["pin"]
        assert pin in texts[0][0]
        assert "press 5, then 7" in texts[1][0]
        early = await county.exchange.phone(phone(1)).dial(HOTLINE)
        await walk(early, "57")
        await early.presses(f"{pin}#")
        await early.hears("征地补偿方案听证会")
        hearing.does("end")
        await early.ended()
        await county.quiet()

    tell_briefly(story)


def test_a_moved_hearing_is_rung_at_its_new_hour_and_not_at_the_old(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, languages=("zh-CN", "en-US", "yue-HK"), hours_ahead=0.25)
        county.exchange.phone(phone(4)).answers(after=2)
        await county.clock.sleep(10)
        pin = hearing.member(1)["pin"]
        hearing.moves(50, 1, 2, 3)
        await county.clock.sleep(10)
        hearing.moves(25, 1, 2, 4)
        await county.clock.sleep(10)
        texts = [county.exchange.ledger.texted(phone(number)) for number in (1, 2, 3, 4)]
        assert [len(bodies) for bodies in texts] == [3, 3, 3, 1]
        assert "改到" in texts[0][2]
        assert "was moved to" in texts[1][2]
        assert "唔使參加" in texts[2][2]
        assert hearing.member(4)["pin"] in texts[3][0]
        assert hearing.member(1)["pin"] == pin
        # The old hour passes, and the new one comes.
        await county.clock.sleep(20 * 60)
        assert hearing.rows(HearingLeg) == []
        assert hearing.session.state == "planned"
        for number in (1, 2, 4):
            await hearing.consents(number)
        assert hearing.legs(3) == []
        assert hearing.events("moved", "changed") == ["moved", "changed", "moved"]
        hearing.does("open")
        await hearing.calls[4].hears(SEATED)
        hearing.does("end")
        for call in hearing.calls.values():
            await call.ended()
        await county.quiet()

    tell_briefly(story)


def test_fifty_representatives_vote(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, representatives=50, quorum=("share", 80))
        await hearing.all_consent()
        hearing.does("open")
        for call in hearing.calls.values():
            await call.hears(SEATED)
        hearing.does("vote")
        for number, call in hearing.calls.items():
            await call.hears("同意这份评标结果吗")
            await call.waits_for_prompt()
            await call.presses("1" if number % 5 else "2")
        for call in hearing.calls.values():
            await call.hears("您选的是")
        hearing.does("close_vote")
        for call in hearing.calls.values():
            await call.hears("投票结果")
        hearing.does("end")
        for call in hearing.calls.values():
            await call.ended()
        await county.quiet()
        assert json.loads(hearing.voted["tally"]) == {"1": 40, "2": 10}
        assert sound(hearing)
        assert hearing.session.present == frozenset()

    tell_briefly(story)
