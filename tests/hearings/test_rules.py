"""The pure rules of hearings, and lists of members as people paste them."""

import pytest
from app.flows.hearing import Attendance
from app.hearings.errors import HearingError
from app.hearings.pasted import members_of
from app.hearings.service import MemberWish
from app.hearings.states import Leg, LegState, Member, is_to_be_rung, may_become, needed, present

LANGUAGES = ("zh-CN", "en-US")


def member(number: int, role: Attendance = "representative") -> Member:
    return Member(number, number, role, f"代表{number}", "zh-CN")


def leg(of: int, state: LegState, roll: int = 0, *, dialled_in: bool = False) -> Leg:
    return Leg(f"{of}{state}", of, state, "", "CA1", roll, is_placed=True, dialled_in=dialled_in)


@pytest.mark.parametrize(
    ("kind", "quorum", "representatives", "expected"),
    [
        ("number", 30, 45, 30),
        ("share", 50, 45, 23),
        ("share", 100, 45, 45),
        ("share", 1, 0, 1),
        ("number", 0, 3, 1),
    ],
)
def test_a_quorum_is_a_number_or_a_share_of_the_representatives(
    kind: str, quorum: int, representatives: int, expected: int
) -> None:
    assert needed(kind, quorum, representatives) == expected  # type: ignore[arg-type]


def test_present_is_who_attends_and_has_answered_the_last_roll_each_once() -> None:
    members = [member(1), member(2), member(3), member(4, "observer")]
    legs = [
        leg(1, "left"),
        leg(1, "attending", roll=1),
        leg(2, "attending"),
        leg(3, "notice"),
        leg(4, "attending", roll=1),
    ]
    assert present(members, legs, 0) == {1, 2}
    assert present(members, legs, 1) == {1}


def test_late_and_repeated_events_move_no_leg_back() -> None:
    assert may_become("dialing", "notice")
    assert may_become("unknown", "attending") is False
    assert may_become("attending", "left")
    assert not may_become("left", "attending")
    assert not may_become("attending", "no_answer")


@pytest.mark.parametrize(
    ("legs", "rung"),
    [
        ([], True),
        ([leg(1, "no_answer")], True),
        ([leg(1, "unknown")], False),  # it may be ringing: never blindly again
        ([leg(1, "refused")], False),
        ([leg(1, "no_answer"), leg(1, "attending", dialled_in=True)], False),
        ([leg(1, "busy")] * 3, False),
        ([leg(2, "attending")], True),
    ],
)
def test_the_plan_rings_who_was_not_reached_and_nobody_else(legs: list[Leg], rung: bool) -> None:
    assert is_to_be_rung(member(1), legs) is rung


def test_a_pasted_list_is_read_as_people_write_it() -> None:
    text = (
        "姓名,电话\n张三，138 0013 8001\n\n李四\t13800138002\t旁听\nWang, +8613800138003, , en-US\n"
    )
    assert members_of(text, LANGUAGES, "zh-CN") == [
        MemberWish("张三", "+8613800138001", "representative", "zh-CN"),
        MemberWish("李四", "+8613800138002", "observer", "zh-CN"),
        MemberWish("Wang", "+8613800138003", "representative", "en-US"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste a list"),
        ("张三，12", "Line 1: “12” is no telephone"),
        ("张三，13800138001\n，13800138002", "Line 2 has no name"),
        ("张三，13800138001，村长", "“村长” is no role"),
        ("张三，13800138001，代表，fr-FR", "“fr-FR” is no language"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(HearingError, match=said):
        members_of(text, LANGUAGES, "zh-CN")
