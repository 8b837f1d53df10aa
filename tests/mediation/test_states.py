from dataclasses import replace
from itertools import count
from typing import Any, get_args

import pytest
from app.mediation.states import (
    LEG_NEXT,
    LOST,
    Decision,
    Fail,
    Hold,
    Invite,
    Leg,
    LegState,
    Open,
    decide,
    ended_as,
    expiry,
    may_become,
    missing,
    unheld,
)

STATES = get_args(LegState)
_ids = count()


def leg(role: Any, state: Any) -> Leg:
    name = f"{role}{next(_ids)}"
    return Leg(id=name, role=role, state=state, number=name, token=name, call_sid=None)


def party(mediator: str, department: str, caller: str = "consented") -> list[Leg]:
    """Three legs in the given states; several words in one role were rung one after another."""
    legs = [leg("caller", caller)]
    legs += [leg("mediator", state) for state in mediator.split()]
    return legs + [leg("department", state) for state in department.split()]


@pytest.mark.parametrize(
    ("mediator", "department", "expected"),
    [
        ("", "", Invite("mediator", "mediator_unavailable")),
        ("dialing", "", Invite("department", "no_answer")),
        ("dialing", "dialing", Hold("inviting")),
        ("unknown", "notice", Hold("inviting")),
        ("consented", "dialing", Hold("waiting")),
        ("notice", "consented", Hold("waiting")),
        ("consented", "consented", Open()),
        ("no_answer consented", "busy consented", Open()),
        ("no_answer", "consented", Invite("mediator", "mediator_unavailable")),
        ("refused", "consented", Invite("mediator", "mediator_unavailable")),
        ("left", "consented", Invite("mediator", "mediator_unavailable")),
        ("consented", "no_answer", Invite("department", "no_answer")),
        ("consented", "busy", Invite("department", "no_answer")),
        ("consented", "failed", Invite("department", "no_answer")),
        ("consented", "machine", Invite("department", "machine")),
        ("consented", "left", Invite("department", "no_answer")),
        ("consented", "refused", Fail("refused")),
        ("failed", "refused", Fail("refused")),
    ],
)
def test_what_follows_from_the_legs(mediator: str, department: str, expected: Decision) -> None:
    assert decide(party(mediator, department)) == expected


@pytest.mark.parametrize("others", ["dialing", "consented", "refused"])
def test_without_the_caller_there_is_nothing_to_mediate(others: str) -> None:
    assert decide(party(others, others, caller="left")) == Fail("caller_left")


def test_it_opens_only_when_all_three_have_consented() -> None:
    for mediator in STATES:
        for department in STATES:
            legs = party(mediator, department)
            everybody = all(leg.state in ("consented", "on_floor") for leg in legs)
            assert (decide(legs) == Open()) is everybody


@pytest.mark.parametrize("state", sorted(LOST))
def test_a_lost_leg_is_lost_for_good(state: LegState) -> None:
    assert not any(may_become(state, after) for after in STATES)


def test_no_leg_comes_to_the_floor_but_by_consent() -> None:
    assert [before for before in STATES if may_become(before, "on_floor")] == ["consented"]
    assert [before for before in STATES if may_become(before, "consented")] == ["notice"]


def test_a_leg_never_comes_back_to_a_state() -> None:
    for state in LEG_NEXT:
        reached = set(LEG_NEXT[state])
        while more := {after for leg in reached for after in LEG_NEXT.get(leg, ())} - reached:
            reached |= more
        assert state not in reached


@pytest.mark.parametrize(
    ("mediator", "department", "reason", "absent"),
    [
        ("dialing", "dialing", "no_answer", ("mediator", "department")),
        ("consented", "notice", "no_answer", ("department",)),
        ("consented", "unknown", "unknown", ("department",)),
        ("unknown", "consented", "mediator_unavailable", ("mediator",)),
        ("notice", "consented", "mediator_unavailable", ("mediator",)),
    ],
)
def test_when_time_is_up(
    mediator: str, department: str, reason: str, absent: tuple[str, ...]
) -> None:
    legs = party(mediator, department)
    assert expiry(legs) == reason
    assert missing(legs) == absent


@pytest.mark.parametrize(
    ("before", "status", "after"),
    [
        ("dialing", "busy", "busy"),
        ("dialing", "no-answer", "no_answer"),
        ("dialing", "canceled", "no_answer"),
        ("dialing", "failed", "failed"),
        ("dialing", "completed", "no_answer"),
        ("unknown", "busy", "busy"),
        ("notice", "completed", "no_answer"),
        ("consented", "completed", "left"),
        ("on_floor", "failed", "left"),
    ],
)
def test_what_a_final_status_means(before: LegState, status: str, after: LegState) -> None:
    assert ended_as(before, status) == after
    assert may_become(before, after)


@pytest.mark.parametrize(
    ("mediator", "caller", "reason"),
    [
        ("consented", "consented", "mediator_unavailable"),
        ("left", "on_floor", "mediator_unavailable"),
        ("on_floor", "left", "caller_left"),
        ("on_floor", "consented", "unknown"),
    ],
)
def test_why_an_open_session_was_never_held(mediator: str, caller: str, reason: str) -> None:
    legs = party(mediator, "consented", caller)
    assert unheld(legs) == reason
    assert unheld([replace(leg) for leg in legs]) == reason
