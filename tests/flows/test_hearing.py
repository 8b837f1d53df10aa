"""The nodes of a hearing: the floor's clock, a secret that is kept nowhere, a database away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from app.flows import engine
from app.flows.directives import Gather, JoinConference, Say, Utterance, without_secrets
from app.flows.effects import Effect
from app.flows.hearing import (
    AnswerRoll,
    CastBallot,
    ConductHearing,
    HearingFound,
    HearingLookup,
    VoteFound,
    VoteOption,
    YieldFloor,
)
from app.flows.inputs import DialEnded, Input, Pressed, Resumed, Silent, Started
from tests.flows.folders import MONDAY_MORNING, context, shipped

LIBRARY = shipped()
OPEN = HearingFound("open", "h-1", "听证会", "representative", "王代表", 1)
VOTE = VoteFound("7", "同意吗？", (VoteOption("1", "同意"), VoteOption("2", "反对")))
STAR = DialEnded("answered", bridged=True)


class Call:
    """One member's call, at whatever the hearing is like at each step."""

    def __init__(self) -> None:
        self.state = engine.begin(LIBRARY, "hearing", "zh-CN", {"hearing": "1"})
        self.effects: tuple[Effect, ...] = ()
        self.directives: tuple[Any, ...] = ()
        self.gets(Started("human"))
        self.gets(Pressed("1"))

    def gets(
        self, given: Input, found: HearingFound | None = OPEN, after: float = 0, **world: Any
    ) -> str:
        """Take a step so many seconds after the beginning; returns what is spoken."""
        (lookup,) = engine.lookups(LIBRARY, self.state, given)
        assert isinstance(lookup, HearingLookup)
        at = MONDAY_MORNING + timedelta(seconds=after)
        world = {"now": at, **world}
        taken = engine.step(
            LIBRARY, self.state, given, context({lookup: found} if found else {}, **world)
        )
        self.state, self.effects, self.directives = taken.state, taken.effects, taken.directives
        return "".join(one.text for one in spoken(self.directives))

    @property
    def room(self) -> JoinConference:
        """The conference that the call is in now."""
        joined = self.directives[-1]
        assert isinstance(joined, JoinConference)
        return joined


def spoken(directives: tuple[Any, ...]) -> list[Utterance]:
    said = [one for part in directives if isinstance(part, Say) for one in part.utterances]
    return said + [one for part in directives if isinstance(part, Gather) for one in part.prompts]


def test_a_member_listens_muted_and_the_star_brings_the_menu() -> None:
    call = Call()
    assert (call.room.muted, call.room.steps_out, call.room.recorded) == (True, True, True)
    assert "要求发言，请按 5" in call.gets(STAR)
    assert "已登记" in call.gets(Pressed("5"))
    assert call.room.muted


def test_who_speaks_hears_that_the_moderator_has_taken_the_floor_back() -> None:
    call = Call()
    until = MONDAY_MORNING + timedelta(seconds=180)
    assert "现在请您发言" in call.gets(Resumed("floor-1"), replace(OPEN, floor_until=until))
    assert "您的发言结束了" in call.gets(Resumed("floor-2"), OPEN, after=8)
    assert call.room.muted
    assert "发言结束" not in call.gets(Resumed("say-1"), OPEN, after=20)


def test_the_floor_is_timed_by_the_network_with_a_warning_before_its_end() -> None:
    call = Call()
    floor = replace(OPEN, floor_until=MONDAY_MORNING + timedelta(seconds=60))
    with_delay = replace(OPEN, floor_until=MONDAY_MORNING + timedelta(seconds=63))
    assert "您有 60 秒" in Call().gets(Resumed("floor-1"), with_delay)
    assert "您有 60 秒" in call.gets(Resumed("floor-1"), floor)
    assert (call.room.muted, call.room.limit) == (False, 40)
    assert "您还有 20 秒" in call.gets(STAR, floor, after=40)
    assert (call.room.muted, call.room.limit) == (False, 20)
    assert "您的发言结束了" in call.gets(STAR, floor, after=60)
    assert call.room.muted
    assert call.effects == (YieldFloor(),)


@pytest.mark.parametrize("after", [5, 38])
def test_the_star_ends_a_turn_early(after: float) -> None:
    call = Call()
    floor = replace(OPEN, floor_until=MONDAY_MORNING + timedelta(seconds=60))
    call.gets(Resumed("floor-1"), floor)
    call.gets(STAR, floor, after=after)
    assert (call.room.muted, call.effects) == (True, (YieldFloor(),))


def test_the_answer_that_was_chosen_is_spoken_and_not_kept() -> None:
    call = Call()
    voting = replace(OPEN, vote=VOTE)
    assert "同意吗？" in call.gets(Resumed("vote-7"), voting)
    assert "您选的是：反对" in call.gets(Pressed("2"), voting)
    assert call.effects == (CastBallot("7", "2"),)
    kept = "".join(one.text for one in spoken(without_secrets(call.directives)))
    assert "您选的是：（不记录）" in kept
    assert "反对" not in kept
    assert "2" not in call.state.to_json().replace("2026", "")
    assert LIBRARY.node(call.state.node).hides_keys(call.state)
    shown = replace(OPEN, vote=replace(VOTE, mine="2"))
    call.gets(Silent(), voting)
    call.gets(STAR, voting)
    assert "您选的是：反对" in call.gets(Pressed("4"), shown)
    assert "反对，请按 2。您选的是：（不记录）" in "".join(
        one.text for one in spoken(without_secrets(call.directives))
    )


def test_what_holds_no_secret_is_kept_as_it_is() -> None:
    directives = (Say((Utterance("您好。", LIBRARY.language("zh-CN")),)),)
    assert without_secrets(directives) is directives


def test_the_roll_goes_before_a_vote_and_a_late_ballot_is_refused() -> None:
    call = Call()
    assert "王代表现在点名" in call.gets(Resumed("roll-1"), replace(OPEN, roll=3, vote=VOTE))
    call.gets(Pressed("1"), replace(OPEN, roll=3))
    assert call.effects == (AnswerRoll(3),)
    call.gets(Resumed("vote-7"), replace(OPEN, vote=VOTE))
    assert "投票已经结束" in call.gets(Pressed("1"))
    assert call.effects == ()


def test_late_news_of_the_opening_takes_nobody_from_a_vote() -> None:
    call = Call()
    assert "同意吗？" in call.gets(Resumed("vote-7"), replace(OPEN, vote=VOTE))
    assert "同意吗？" in call.gets(Resumed("open-1"), replace(OPEN, vote=VOTE))
    assert "同意吗？" in call.gets(Resumed("vote-7"), replace(OPEN, vote=VOTE))


def test_without_the_database_who_listens_goes_on_listening() -> None:
    call = Call()
    call.gets(STAR, None, degraded=True)
    assert (call.room.name, call.room.muted) == ("h-1", True)
    call.gets(Resumed("vote-7"), replace(OPEN, vote=VOTE))
    call.gets(Pressed("1"), None, degraded=True)
    assert call.effects == ()  # nothing of a vote goes into the spool


def test_a_moderator_is_heard_and_needs_a_quorum() -> None:
    call = Call()
    chair = replace(OPEN, role="moderator", present=1, needed=2, can_vote=True, waiting=1)
    call.gets(Resumed("open-1"), chair)
    assert not call.room.muted
    assert "到会代表 1 人，需要 2 人" in call.gets(STAR, chair)
    assert "人数不够" in call.gets(Pressed("5"), chair)
    call.gets(Pressed("1"), chair)
    assert call.effects == (ConductHearing("next_speaker"),)
