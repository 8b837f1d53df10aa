"""Which telephones may be rung that somebody typed."""

import pytest
from app.flows.dialling import may_ring
from tests.flows.folders import shipped


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("+8613800138000", True),
        ("+867451000302", True),  # the agriculture bureau's placeholder
        ("+8616812345678", False),  # in no range that was ever assigned: mistyped
        ("+864008123123", False),
    ],
)
def test_a_mistyped_number_is_told_at_once(number: str, may: bool) -> None:
    assert may_ring(shipped().directory, number) is may
