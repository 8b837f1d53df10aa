from typing import get_args

import pytest
from app.tickets.states import NEXT, TicketState, may_follow

ALLOWED = {
    ("new", "acknowledged"),
    ("acknowledged", "in_progress"),
    ("in_progress", "waiting"),
    ("in_progress", "resolved"),
    ("waiting", "in_progress"),
    ("waiting", "resolved"),
    ("resolved", "closed"),
    ("resolved", "reopened"),
    ("closed", "reopened"),
    ("reopened", "acknowledged"),
    ("reopened", "in_progress"),
}
STATES = get_args(TicketState)


@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", STATES)
def test_only_these_may_follow(before: TicketState, after: TicketState) -> None:
    assert may_follow(before, after) is ((before, after) in ALLOWED)


def test_every_state_can_still_end_settled() -> None:
    for state in STATES:
        reached = {state}
        while more := {after for before in reached for after in NEXT[before]} - reached:
            reached |= more
        assert "closed" in reached
