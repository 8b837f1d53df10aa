from dataclasses import replace
from itertools import count
from typing import Any, get_args

import pytest
from app.mediation.floor import Wishes, may_open, may_record, seats
from app.mediation.states import (
    LOST,
    Decision,
    Fail,
    Hold,
    Invite,
    Leg,
    LegState,
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
    return Leg(id=name, role=role, state=state, number=name, token=name, call_sid=None, party=role)


def party(mediator: str, department: str, caller: str = "held") -> list[Leg]:
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
        ("held", "dialing", Hold("waiting")),
        ("notice", "held", Hold("waiting")),
        ("held", "held", Hold("waiting")),
        ("no_answer held", "busy held", Hold("waiting")),
        ("no_answer", "held", Invite("mediator", "mediator_unavailable")),
        ("refused", "held", Invite("mediator", "mediator_unavailable")),
        ("left", "held", Invite("mediator", "mediator_unavailable")),
        ("held", "no_answer", Invite("department", "no_answer")),
        ("held", "busy", Invite("department", "no_answer")),
        ("held", "failed", Invite("department", "no_answer")),
        ("held", "machine", Invite("department", "machine")),
        ("held", "left", Invite("department", "no_answer")),
        ("held", "refused", Fail("refused")),
        ("failed", "refused", Fail("refused")),
    ],
)
def test_what_follows_from_the_legs(mediator: str, department: str, expected: Decision) -> None:
    assert decide(party(mediator, department)) == expected


@pytest.mark.parametrize("others", ["dialing", "held", "refused"])
def test_without_the_caller_there_is_nothing_to_mediate(others: str) -> None:
    assert decide(party(others, others, caller="left")) == Fail("caller_left")


def summoned(mediator: str, *parties: str) -> list[Leg]:
    """Legs of a session that a mediator summoned, each of a party of its own."""
    return [leg("mediator", mediator)] + [
        replace(leg("party", state), party=f"p{number}") for number, state in enumerate(parties)
    ]


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        (summoned("dialing", "dialing", "dialing"), Hold("inviting")),
        (summoned("held", "held", "dialing"), Hold("waiting")),
        (summoned("held", "refused", "held"), Hold("waiting")),
        (summoned("busy", "held", "held"), Fail("mediator_unavailable")),
        (summoned("held", "no_answer", "machine"), Hold("inviting")),
        (summoned("held", "busy", "refused"), Hold("inviting")),
        (summoned("held", "refused", "refused"), Fail("refused")),
        (summoned("held"), Hold("inviting")),
    ],
)
def test_what_follows_for_those_who_were_summoned(legs: list[Leg], expected: Decision) -> None:
    assert decide(legs) == expected


def test_the_floor_opens_only_when_all_three_have_consented() -> None:
    for mediator in STATES:
        for department in STATES:
            legs = party(mediator, department)
            everybody = all(leg.state in ("held", "on_floor") for leg in legs)
            assert may_open("waiting", legs) is everybody


def test_of_those_who_were_summoned_nobody_is_waited_for_but_who_is_asked() -> None:
    assert may_open("waiting", summoned("held", "held", "dialing"))
    assert not may_open("waiting", summoned("held", "held", "notice"))
    assert not may_open("waiting", summoned("dialing", "held", "held"))
    assert not may_open("closed", summoned("held", "held", "held"))


def test_one_refusal_is_enough_not_to_record() -> None:
    legs = [replace(one, records=True) for one in summoned("held", "held", "on_floor")]
    assert may_record(legs)
    assert not may_record([*legs, leg("interpreter", "notice")])
    assert may_record([*legs, leg("interpreter", "left")])


def test_a_private_floor_seats_two() -> None:
    legs = summoned("held", "held", "held")
    assert seats(legs, Wishes()) == {one.id for one in legs}
    assert seats(legs, Wishes(private=legs[1].id)) == {legs[0].id, legs[1].id}
    aside = [*legs[:2], replace(legs[2], is_aside=True)]
    assert seats(aside, Wishes()) == {legs[0].id, legs[1].id}


@pytest.mark.parametrize("state", sorted(LOST))
def test_a_lost_leg_is_lost_for_good(state: LegState) -> None:
    assert not any(may_become(state, after) for after in STATES)


def test_no_leg_comes_to_the_floor_but_by_consent() -> None:
    assert [before for before in STATES if may_become(before, "on_floor")] == ["held"]
    assert [before for before in STATES if may_become(before, "held")] == ["consented", "on_floor"]
    assert [before for before in STATES if may_become(before, "consented")] == ["notice"]


@pytest.mark.parametrize(
    ("mediator", "department", "reason", "absent"),
    [
        ("dialing", "dialing", "no_answer", ("mediator", "department")),
        ("held", "notice", "no_answer", ("department",)),
        ("held", "unknown", "unknown", ("department",)),
        ("unknown", "held", "mediator_unavailable", ("mediator",)),
        ("notice", "held", "mediator_unavailable", ("mediator",)),
    ],
)
def test_when_time_is_up(
    mediator: str, department: str, reason: str, absent: tuple[str, ...]
) -> None:
    legs = party(mediator, department)
    assert expiry(legs) == reason
    assert missing(legs) == absent


def test_when_time_is_up_for_those_who_were_summoned() -> None:
    assert expiry(summoned("held", "dialing", "notice")) == "no_answer"
    assert expiry(summoned("held", "busy", "machine")) == "machine"
    assert expiry(summoned("notice", "held", "held")) == "mediator_unavailable"


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
        ("held", "completed", "left"),
        ("on_floor", "failed", "left"),
    ],
)
def test_what_a_final_status_means(before: LegState, status: str, after: LegState) -> None:
    assert ended_as(before, status) == after
    assert may_become(before, after)


@pytest.mark.parametrize(
    ("mediator", "caller", "reason"),
    [
        ("held", "held", "mediator_unavailable"),
        ("left", "on_floor", "mediator_unavailable"),
        ("on_floor", "left", "caller_left"),
        ("on_floor", "held", "unknown"),
    ],
)
def test_why_an_open_session_was_never_held(mediator: str, caller: str, reason: str) -> None:
    legs = party(mediator, "held", caller)
    assert unheld(legs) == reason
    assert unheld([replace(leg) for leg in legs]) == reason
