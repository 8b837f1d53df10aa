"""A mediation as the staff see it afterwards."""

from app.mediation.queries import SessionLeg, SessionView
from tests.fixtures.office import NOON


def call(party: str, sid: str) -> SessionLeg:
    """One call of a party."""
    return SessionLeg(party, "party", "+8613800138001", "left", sid, NOON, NOON, NOON)


def test_a_party_that_was_rung_again_stands_once_with_all_its_calls() -> None:
    legs = (call("a", "CA1"), call("b", "CA2"), call("a", "CA3"))
    view = SessionView("s", "closed", "", "water", NOON, NOON, NOON, legs)
    assert [[leg.call_sid for leg in party] for party in view.parties] == [["CA1", "CA3"], ["CA2"]]
