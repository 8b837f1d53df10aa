"""The staff's telephone in the browser, against the exchange."""

from datetime import timedelta

import pytest
from app.calls.gateway.models import OutboundLeg
from app.exchange.phones.scripted import ScriptedCall
from app.people.presence.models import StaffPresence
from app.queueing import claims
from app.queueing.models import QueuedCaller, StaffRing
from app.softphone import talking
from app.softphone.errors import NotAllowedError, NotAnsweredError
from app.softphone.models import SoftphoneLeg, SoftphoneTalk
from tests.stories.agents import Agent
from tests.stories.conftest import Teller
from tests.stories.county import AGRICULTURE, CALLER, OFFICERS, County
from tests.stories.test_queue import asks_for_a_person, outcomes, rings_at_last


def states(county: County) -> dict[int, str]:
    return {row["staff_id"]: row["state"] for row in county.rows(StaffPresence)}


def test_a_browser_is_rung_and_its_button_is_the_answer(tell: Teller) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        call = await asks_for_a_person(county)
        talk = await li.picks_up()
        await talk.says("您好，请讲。")
        await call.hears("请讲")
        await county.clock.sleep(5)
        await li.puts_down(talk)
        await call.hears("感谢来电")
        await county.quiet(30)
        assert outcomes(county) == ["person"]
        assert [row["answered_by"] for row in county.rows(QueuedCaller)] == [li.id]
        assert states(county) == {li.id: "wrap_up"}
        assert county.rows(OutboundLeg) == []  # a browser is not outside
        li.do(talking.write_up, "answered", "问补贴。", "ready")
        assert states(county) == {li.id: "ready"}
        (leg,) = county.rows(SoftphoneLeg)
        assert (leg["state"], leg["disposition"]) == ("left", "answered")
        li.dies()

    tell(story)


def test_a_browser_that_dies_while_it_rings_passes_the_caller_on_within_ten_seconds(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        li, wang = Agent(county, "li"), Agent(county, "wang")
        await asks_for_a_person(county)
        await li.phone.rung()
        died = county.clock.now()
        li.dies()
        await wang.phone.rung()
        assert county.clock.now() - died <= timedelta(seconds=10)
        wang.dies()

    tell_briefly(story)


def test_a_browser_that_dies_in_a_talk_gives_the_caller_back_within_ten_seconds(
    tell: Teller,
) -> None:
    async def story(county: County) -> None:
        li, wang = Agent(county, "li"), Agent(county, "wang", ready=False)
        call = await asks_for_a_person(county)
        talk = await li.picks_up()
        await county.clock.sleep(5)
        wang.says("ready")
        died = county.clock.now()
        li.dies()
        await talk.hangs_up()  # the network notices that the browser is gone
        await call.hears("没有接上")
        again = await wang.phone.rung()
        assert county.clock.now() - died <= timedelta(seconds=10)
        await again.answers()
        await call.is_connected()
        await call.hangs_up()
        await county.quiet(30)
        assert outcomes(county) == ["person"]
        wang.dies()

    tell(story)


def test_a_browser_that_dies_with_a_caller_it_took_gives_them_back_within_ten_seconds(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li", ready=False)
        await asks_for_a_person(county)
        await county.officer.rung()
        (row,) = county.rows(QueuedCaller)
        with county.service.database.writing() as connection:
            at = county.clock.now()
            claims.take(connection, row["call_sid"], claims.claimant_of(connection, li.id, at), at)
        county.service.jobs.wake()
        await li.phone.rung()
        died = county.clock.now()
        li.dies()
        await county.exchange.phone(OFFICERS[1]).rung()
        assert county.clock.now() - died <= timedelta(seconds=10)

    tell_briefly(story)


def test_whoever_is_away_is_not_rung(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        li, wang = Agent(county, "li", ready=False), Agent(county, "wang")
        call = await asks_for_a_person(county)
        await wang.picks_up()
        await call.hangs_up()
        await county.quiet(30)
        assert len(county.rows(StaffRing)) == 1
        li.dies()
        wang.dies()

    tell_briefly(story)


def test_a_citizen_on_hold_hears_words_and_comes_back(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        call = await asks_for_a_person(county)
        talk = await li.picks_up()
        await county.clock.sleep(3)
        li.holds()
        await call.hears("请稍候，不要挂机")
        await county.clock.sleep(10)
        li.holds(held=False)
        await county.clock.sleep(3)
        await talk.says("让您久等了。")
        await call.hears("让您久等了")
        await li.puts_down(talk)
        await call.hears("感谢来电")
        await county.quiet(30)
        assert outcomes(county) == ["person"]
        (row,) = county.rows(SoftphoneTalk)
        assert row["ended_at"] is not None
        assert not row["lost"]
        li.dies()

    tell_briefly(story)


async def is_left_to_a_department(
    county: County, agent: Agent, talk: ScriptedCall, citizen: ScriptedCall
) -> None:
    """An agent leaves a citizen to a department by a blind transfer; it talks, and hangs up."""
    await county.clock.sleep(3)
    county.department.answers(after=3)
    agent.transfers("department:agriculture", blind=True)
    assert await talk.ended() == "completed"
    bureau = await county.exchange.phone(AGRICULTURE).rung()
    await bureau.hears("接听请按 1")
    await bureau.presses("1")
    await bureau.is_connected()
    await bureau.says("农业农村局，请讲。")
    await citizen.hears("农业农村局")
    await bureau.hangs_up()


def test_a_blind_transfer_leaves_the_citizen_to_a_department(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        call = await asks_for_a_person(county)
        talk = await li.picks_up()
        await is_left_to_a_department(county, li, talk, call)
        await call.hears("感谢来电")
        await county.quiet(30)
        assert outcomes(county) == ["person"]
        assert [row["purpose"] for row in county.rows(OutboundLeg)] == ["transfer"]
        li.dies()

    tell_briefly(story)


def test_a_warm_transfer_ends_with_all_three_and_then_without_the_first(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        li, wang = Agent(county, "li"), Agent(county, "wang", ready=False)
        call = await asks_for_a_person(county)
        first = await li.picks_up()
        await county.clock.sleep(3)
        wang.says("ready")
        li.transfers("staff:wang", blind=False)
        await call.hears("请稍候，不要挂机")
        second = await wang.picks_up()
        await county.clock.sleep(2)
        await first.says("这位群众问补贴。")
        await second.hears("问补贴")
        assert "问补贴" not in str(call.texts)
        li.holds(held=False)
        await county.clock.sleep(3)
        await second.says("您好，我是小王。")
        await call.hears("我是小王")
        await first.hears("我是小王")
        li.holds()  # and talks with the colleague alone once more
        await call.hears("请稍候，不要挂机")
        await li.puts_down(first)  # whoever is left has the citizen
        await county.clock.sleep(3)
        await second.says("我们继续。")
        await call.hears("我们继续")
        await wang.puts_down(second)
        await call.hears("感谢来电")
        li.dies()
        wang.dies()

    tell_briefly(story)


def test_a_transfer_nobody_takes_brings_the_citizen_back_to_the_queue(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        call = await asks_for_a_person(county)
        await li.picks_up()
        await county.clock.sleep(3)
        li.transfers("department:agriculture", blind=True)
        await call.hears("没有接上", patience=90)
        await call.hangs_up()
        await county.quiet(30)
        assert outcomes(county) == ["person"]
        li.dies()

    tell_briefly(story)


def test_a_citizen_is_dialled_through_the_gateway_and_may_be_held(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        county.caller.answers(after=2)
        li.dials(CALLER)
        mine = await li.connects()
        call = await county.caller.rung()
        await county.clock.sleep(1)
        with pytest.raises(NotAnsweredError):
            li.holds()
        await mine.is_connected()
        await county.clock.sleep(1)
        await mine.says("您好，热线回访。")
        await call.hears("热线回访")
        li.holds()
        await call.hears("请稍候，不要挂机")
        li.holds(held=False)
        await county.clock.sleep(3)
        await mine.says("好了。")
        await call.hears("好了")
        await li.puts_down(mine)
        await county.quiet(30)
        (leg,) = county.rows(OutboundLeg)
        assert (leg["purpose"], leg["actor"], leg["state"]) == (
            "softphone", f"staff:{li.id}", "ended",
        )  # fmt: skip
        li.dies()

    tell_briefly(story)


async def keeps_a_place_and_is_called_back_by(county: County, agent: Agent) -> ScriptedCall:
    """A caller keeps their place while nobody is ready; then an agent is, and rings them."""
    agent.says("away")
    patient = await asks_for_a_person(county)
    await patient.hears("现在没有工作人员能接电话")
    await patient.presses("1")
    await patient.hears("感谢来电")
    county.caller.answers(after=2)
    agent.says("ready")
    mine = await rings_at_last(agent.phone, 150)
    await mine.answers()
    await mine.hears("移民热线回拨")
    await mine.presses("1")
    return mine


def test_a_kept_place_called_back_in_a_browser_is_a_talk_with_all_its_buttons(
    tell: Teller,
) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        mine = await keeps_a_place_and_is_called_back_by(county, li)
        call = await county.caller.rung()
        await call.is_connected()
        await mine.says("您好，轮到您了。")
        await call.hears("轮到您了")
        (talk,) = county.rows(SoftphoneTalk)
        assert (talk["citizen"], talk["direction"]) == (CALLER, "outbound")
        assert talk["ticket"]
        li.holds()
        await call.hears("请稍候，不要挂机")
        li.holds(held=False)
        await county.clock.sleep(3)
        await mine.says("让您久等了。")
        await call.hears("让您久等了")
        await call.hangs_up()
        await mine.hears("通话结束")
        await county.quiet(60)
        assert outcomes(county) == ["called_back"]
        (leg,) = county.rows(SoftphoneLeg)
        assert leg["state"] == "left"
        assert states(county) == {li.id: "wrap_up"}
        li.dies()

    tell(story)


def test_whoever_is_called_back_can_be_left_to_a_department(tell: Teller) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        mine = await keeps_a_place_and_is_called_back_by(county, li)
        call = await county.caller.rung()
        await call.is_connected()
        await is_left_to_a_department(county, li, mine, call)
        assert await call.ended() == "completed"
        await county.quiet(60)
        assert outcomes(county) == ["called_back"]
        li.dies()

    tell(story)


def test_a_number_the_gateway_refuses_is_told_in_words(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        li = Agent(county, "li")
        with pytest.raises(NotAllowedError) as refused:
            li.dials("+14155550100")
        assert "directory.yaml" in refused.value.said("zh-CN")
        assert county.rows(SoftphoneLeg) == []
        li.dies()

    tell_briefly(story)


def test_a_supervisor_listens_whispers_and_joins(tell: Teller) -> None:
    async def story(county: County) -> None:
        li, he = Agent(county, "li"), Agent(county, "he", ready=False)
        call = await asks_for_a_person(county)
        talk = await li.picks_up()
        await county.clock.sleep(3)
        (row,) = county.rows(SoftphoneTalk)
        he.supervises(row["id"], "listen")
        await county.clock.sleep(4)
        mine = await he.connects()
        await county.clock.sleep(2)
        await talk.says("请讲。")
        await mine.hears("请讲")
        he.supervises(row["id"], "whisper")
        await county.clock.sleep(2)
        await mine.says("问他的编号。")
        await talk.hears("问他的编号")
        assert "编号" not in str(call.texts)
        he.supervises(row["id"], "join")
        await county.clock.sleep(2)
        await mine.says("我是班长。")
        await call.hears("我是班长")
        await he.puts_down(mine)
        await li.puts_down(talk)
        await call.hears("感谢来电")
        assert [act for _, act in county.audited] == ["talk.listen", "talk.whisper", "talk.join"]
        li.dies()
        he.dies()

    tell(story)
