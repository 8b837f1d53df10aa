"""The next thing to do, as a table."""

from dataclasses import dataclass

import pytest
from app.tickets.lists.steps import NextStep, next_step
from app.tickets.states import TicketState
from tests.tickets.world import LI, WANG


@dataclass(frozen=True)
class Owned:
    state: TicketState
    owner_id: int | None


@pytest.mark.parametrize(
    ("state", "owner", "offered", "step"),
    [
        ("new", None, False, "take"),
        ("new", LI, False, "respond"),
        ("new", WANG, False, "watch"),
        ("reopened", LI, False, "respond"),
        ("acknowledged", LI, False, "begin"),
        ("in_progress", LI, False, "resolve"),
        ("in_progress", None, False, "take"),
        ("in_progress", WANG, False, "watch"),
        ("in_progress", WANG, True, "answer_offer"),
        ("waiting", LI, False, "wait"),
        ("resolved", LI, False, "ask_caller"),
        ("resolved", WANG, True, "ask_caller"),
        ("closed", LI, True, "nothing"),
    ],
)
def test_the_next_thing_to_do(
    state: TicketState, owner: int | None, offered: bool, step: NextStep
) -> None:
    assert next_step(Owned(state, owner), LI, is_offered=offered) == step
