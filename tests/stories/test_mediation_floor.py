"""The floor of a mediation: led by the keys of a plain telephone, and from the console."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.exchange.phones.scripted import ScriptedCall
from app.mediation.controls.service import By, Controls
from app.mediation.models import MediationEvent, MediationFloor, MediationLeg
from app.mediation.queries import draft_text
from app.mediation.summoning import Summoned
from sqlalchemy import Connection
from tests.stories.conftest import Teller
from tests.stories.county import AGRICULTURE, MEDIATORS, County

WANG, LI = "+8613800138001", "+8613800138002"
INTERPRETER = "+8613800138003"
SESSION = "a" * 32
DRAFT = "第一条，双方以田埂为界。"


class Session:
    """A mediation that was summoned, with its telephones."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.controls = Controls(county.service.handlers.mediation, draft_text)

    def summon(self, *parties: Summoned) -> None:
        """Ring the mediator and these parties."""
        summoned = [Summoned("mediator", MEDIATORS[0]), *parties]
        mediation = self.county.service.handlers.mediation
        self.do(lambda c, at: mediation.summoning.summon(c, SESSION, summoned, at))

    def do(self, verb: Callable[[Connection, datetime], Any]) -> None:
        """What a click in the console does."""
        with self.county.service.database.writing() as connection:
            verb(connection, self.county.clock.now())
        self.county.service.jobs.wake()

    def leg(self, number: str) -> str:
        """The id of the leg last rung at a number."""
        rows = self.county.rows(MediationLeg)
        return [row["id"] for row in rows if row["number"] == number][-1]

    @property
    def kinds(self) -> list[str]:
        """What happened and was asked for, in order."""
        rows = self.county.rows(MediationEvent)
        return [row["kind"] for row in rows if row["kind"] not in ("leg", "session")]

    def hears(self, listener: str, speaker: str, words: str) -> bool:
        """Whether somebody has heard these words of somebody else."""
        return any(
            line.number == listener and line.speaker == speaker and words in line.text
            for line in self.county.exchange.ledger.utterances
        )

    def recorded(self) -> set[str]:
        """The numbers that were ever on a recording."""
        return {span.number for span in self.county.exchange.ledger.recorded}


async def agrees(county: County, number: str, words: str, key: str = "1") -> ScriptedCall:
    """Somebody picks up, hears the notice in their own language, and agrees."""
    call = await county.exchange.phone(number).rung()
    await call.hears(words)
    await call.presses(key)
    return call


async def at_the_menu(mediator: ScriptedCall, *keys: str) -> None:
    """Press keys at the control menu, each when it is listened for."""
    for key in keys:
        await mediator.presses(key, patience=30)
        await mediator.waits(0.5)


async def leaves_floor(mediator: ScriptedCall, words: str = "都在等候") -> None:
    """Press the key that leads from the floor to the menu."""
    await mediator.presses("*")
    await mediator.hears(words)


async def two_parties(county: County, session: Session) -> tuple[ScriptedCall, ...]:
    """A mediator, a party who speaks Mandarin and one who speaks English, all there."""
    for number in (MEDIATORS[0], WANG, LI, INTERPRETER):
        county.exchange.phone(number).answers(after=2)
    session.summon(Summoned("party", WANG, "王某", "zh-CN"), Summoned("party", LI, "李某", "en-US"))
    mediator = await agrees(county, MEDIATORS[0], "请您参加电话调解")
    wang = await agrees(county, WANG, "请您参加电话调解")
    li = await agrees(county, LI, "you to take part in a mediation")
    await wang.hears("谢谢，正在等其他各方")
    await li.hears("Thank you. We are waiting for the others")
    return mediator, wang, li


async def three_on_the_floor(
    county: County,
) -> tuple[Session, ScriptedCall, ScriptedCall, ScriptedCall]:
    """The mediator has opened the floor to both of them."""
    session = Session(county)
    mediator, wang, li = await two_parties(county, session)
    await mediator.hears("可以开始了")
    await at_the_menu(mediator, "1")
    await li.is_connected()
    return session, mediator, wang, li


def test_three_parties_in_two_languages(tell: Teller) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        mediator, wang, li = await two_parties(county, session)
        await mediator.hears("可以开始了")
        assert not county.exchange.ledger.audible
        await at_the_menu(mediator, "1")
        for call in (mediator, wang, li):
            await call.is_connected()
        await li.says("Good morning.", language="en-US")
        assert session.hears(WANG, LI, "Good morning")
        await mediator.hangs_up()
        await wang.hears("调解通话已经结束")
        await li.hears("The mediation call has ended")
        await county.quiet()
        assert county.sessions[0]["state"] == "closed"
        assert all(one["ended_at"] is not None for one in county.calls)

    tell(story)


def test_a_whole_mediation_by_the_keys_of_a_plain_telephone(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        mediator, wang, li = await two_parties(county, session)
        await mediator.hears("可以开始了")
        await at_the_menu(mediator, "#")
        await mediator.hears("1 号，王某，在场")
        await at_the_menu(mediator, "1")
        await wang.is_connected()
        await li.is_connected()
        await leaves_floor(mediator)
        await wang.hears("请不要挂机")
        await li.hears("Please hold the line")
        await at_the_menu(mediator, "4", "1", "1")  # Wang is muted, and back to the floor
        await mediator.is_connected()
        await wang.waits(8)
        await wang.leg.speak("我有话说", language="cmn-CN")
        assert not session.hears(MEDIATORS[0], WANG, "我有话说")
        await leaves_floor(mediator)
        await at_the_menu(mediator, "4", "1", "2", "1")  # Wang may speak again; alone with him
        await mediator.is_connected()
        await mediator.says("您的底线是什么？")
        assert session.hears(WANG, MEDIATORS[0], "底线")
        assert not session.hears(LI, MEDIATORS[0], "底线")
        await leaves_floor(mediator)
        await at_the_menu(mediator, "8", "2")
        await mediator.hears("还没有可以宣读的协议")
        session.do(lambda c, at: session.controls.write_draft(c, SESSION, DRAFT, By(), at))
        await at_the_menu(mediator, "8", "2")  # each party's yes, by key
        await wang.hears("以田埂为界")
        await wang.presses("1")
        await li.hears("If you agree to it, press 1")
        await li.presses("2")
        await mediator.hears("1 方同意，1 方不同意")
        await at_the_menu(mediator, "9", "0", "1")
        await mediator.ended()
        await wang.hears("调解通话已经结束")
        await county.quiet()
        assert session.kinds.count("poll_answer") == 2
        for kind in ("open_floor", "mute", "unmute", "speak_alone", "ask_yes", "extend", "end"):
            assert kind in session.kinds
        assert county.sessions[0]["state"] == "closed"

    tell_briefly(story)


def test_a_mediator_at_the_keys_knows_who_is_away(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session, mediator, wang, li = await three_on_the_floor(county)
        session.do(lambda c, at: session.controls.write_draft(c, SESSION, DRAFT, By(), at))
        session.do(lambda c, at: session.controls.poll(c, SESSION, "yes", By(), at))
        await mediator.hears("正在请各方听草稿")
        assert [text for text in mediator.texts() if "可以开始了" in text] == [
            "可以开始了，请按 1。"
        ]
        await li.hears("If you agree to it, press 1")
        await li.hangs_up()
        await wang.presses("1")
        await mediator.is_connected()
        await leaves_floor(mediator)
        await mediator.hears("1 方不在线上")
        await mediator.hears("可以开始了")
        await mediator.hangs_up()
        await county.quiet()

    tell_briefly(story)


def test_only_the_parties_are_asked_for_their_yes(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        for number in (MEDIATORS[0], WANG, INTERPRETER):
            county.exchange.phone(number).answers(after=2)
        session.summon(
            Summoned("party", WANG, "王某", "zh-CN"),
            Summoned("interpreter", INTERPRETER, "", "en-US"),
        )
        mediator = await agrees(county, MEDIATORS[0], "请您参加电话调解")
        wang = await agrees(county, WANG, "请您参加电话调解")
        interpreter = await agrees(county, INTERPRETER, "you to take part in a mediation")
        await mediator.hears("可以开始了")
        await at_the_menu(mediator, "1")
        session.do(lambda c, at: session.controls.write_draft(c, SESSION, DRAFT, By(), at))
        session.do(lambda c, at: session.controls.poll(c, SESSION, "yes", By(), at))
        await wang.hears("同意这份协议")
        await wang.presses("1")
        await mediator.is_connected()
        await interpreter.is_connected()
        assert any(DRAFT in text for text in interpreter.texts())
        assert not any("agree to it, press 1" in text for text in interpreter.texts())
        said = {row["number"]: row["answer"] for row in county.rows(MediationLeg)}
        assert (said[WANG], said[INTERPRETER]) == ("yes", "heard")
        await mediator.hangs_up()
        await county.quiet()

    tell_briefly(story)


def test_a_private_word_is_not_heard_by_the_other(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session, mediator, wang, li = await three_on_the_floor(county)
        session.do(lambda c, at: session.controls.speak_alone(c, session.leg(WANG), By(), at))
        await li.hears("Please hold the line")
        await wang.hears("单独谈，其他各方听不到")
        await mediator.waits(12)
        assert not any("still waiting" in text for text in li.texts())  # all have answered
        await mediator.says("只和您说一句。")
        await wang.says("我愿意让半分地。")
        assert session.hears(WANG, MEDIATORS[0], "只和您说一句")
        assert session.hears(MEDIATORS[0], WANG, "让半分地")
        assert not session.hears(LI, MEDIATORS[0], "只和您说一句")
        assert not session.hears(LI, WANG, "让半分地")
        session.do(lambda c, at: session.controls.open_floor(c, SESSION, By(), at))
        await mediator.waits(12)
        await wang.says("请大家听我说。")
        assert session.hears(LI, WANG, "请大家听我说")
        private = [row["private_leg"] for row in county.rows(MediationFloor)]
        assert private == ["", session.leg(WANG), ""]
        await mediator.hangs_up()
        await county.quiet()

    tell_briefly(story)


def test_a_whisper_is_heard_by_one_who_stays_among_the_others(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session, mediator, wang, _ = await three_on_the_floor(county)
        await wang.waits(3)
        session.do(lambda c, at: session.controls.coach(c, SESSION, session.leg(WANG), By(), at))
        await mediator.waits(2)
        await mediator.says("慢慢说，不要急。")
        assert session.hears(WANG, MEDIATORS[0], "慢慢说")
        assert not session.hears(LI, MEDIATORS[0], "慢慢说")
        session.do(lambda c, at: session.controls.coach(c, SESSION, "", By(), at))
        await mediator.waits(2)
        await mediator.says("请李先生说。")
        assert session.hears(LI, MEDIATORS[0], "请李先生说")
        await mediator.hangs_up()
        await county.quiet()

    tell_briefly(story)


def test_an_interpreter_is_added_and_recording_waits_for_their_consent(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        mediator, wang, _li = await two_parties(county, session)
        await mediator.hears("可以开始了")
        session.do(lambda c, at: session.controls.record(c, SESSION, True, By(), at))
        await at_the_menu(mediator, "1")
        await wang.hears("会录音")
        await mediator.is_connected()
        await mediator.waits(5)
        assert session.recorded() == {MEDIATORS[0], WANG, LI}
        interpreter = Summoned("interpreter", INTERPRETER, "", "en-US")
        session.do(lambda c, at: session.controls.add(c, SESSION, interpreter, By(), at))
        called = await county.exchange.phone(INTERPRETER).rung()
        await called.hears("you to take part")
        await called.waits(10)
        spans = county.exchange.ledger.recorded
        assert all(span.end is not None for span in spans)  # nothing is recorded while it is asked
        assert INTERPRETER not in {pair for span in county.exchange.ledger.audible
                                   for pair in (span.speaker, span.listener)}  # fmt: skip
        await called.presses("1")
        await called.is_connected()
        await called.waits(5)
        assert session.recorded() == {MEDIATORS[0], WANG, LI, INTERPRETER}
        await mediator.hangs_up()
        await county.quiet()
        assert [row["recorded"] for row in county.rows(MediationFloor)] == [True, False, True]

    tell_briefly(story)


def test_one_refusal_means_no_recording(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        for number in (MEDIATORS[0], WANG, LI):
            county.exchange.phone(number).answers(after=2)
        session.summon(Summoned("party", WANG, "王某"), Summoned("party", LI, "李某"))
        mediator = await agrees(county, MEDIATORS[0], "请您参加电话调解")
        await agrees(county, WANG, "请您参加电话调解", "3")
        li = await agrees(county, LI, "请您参加电话调解")
        await mediator.hears("可以开始了")
        await at_the_menu(mediator, "7")
        await mediator.hears("不能录音")
        await at_the_menu(mediator, "1")
        await li.is_connected()
        await mediator.waits(10)
        await mediator.hangs_up()
        await county.quiet()
        assert session.recorded() == set()

    tell_briefly(story)


def test_a_party_who_hung_up_is_rung_again(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        mediator, wang, li = await two_parties(county, session)
        await mediator.hears("可以开始了")
        await at_the_menu(mediator, "1")
        await wang.is_connected()
        await wang.hangs_up()
        await leaves_floor(mediator)
        county.exchange.phone(WANG).answers(after=2)
        await at_the_menu(mediator, "6", "1")
        await mediator.hears("正在重拨")
        again = await agrees(county, WANG, "请您参加电话调解")
        await at_the_menu(mediator, "1")
        await again.is_connected()
        await again.waits(5)
        await again.says("我又回来了。")
        assert session.hears(LI, WANG, "我又回来了")
        await mediator.hangs_up()
        await li.ended()
        await county.quiet()

    tell_briefly(story)


def test_who_is_removed_hears_so_and_is_gone(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session, mediator, wang, li = await three_on_the_floor(county)
        session.do(lambda c, at: session.controls.remove(c, session.leg(LI), By(), at))
        await li.ended()
        await mediator.says("我们接着谈。")
        assert session.hears(WANG, MEDIATORS[0], "接着谈")
        assert not session.hears(LI, MEDIATORS[0], "接着谈")
        await mediator.hangs_up()
        await wang.ended()
        await county.quiet()

    tell_briefly(story)


def test_a_department_is_added_by_its_number_in_the_menu(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        session = Session(county)
        mediator, _, li = await two_parties(county, session)
        county.department.answers(after=2)
        await mediator.hears("可以开始了")
        await at_the_menu(mediator, "5", "1", "3", "#")
        await mediator.hears("正在呼叫")
        department = await agrees(county, AGRICULTURE, "请您参加电话调解")
        await at_the_menu(mediator, "1")
        await department.is_connected()
        await li.is_connected()
        await mediator.hangs_up()
        await county.quiet()

    tell_briefly(story)
