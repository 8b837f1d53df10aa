"""The line of an escalation, step by step: who is asked, who takes it, and only once."""

from collections.abc import Iterator
from typing import Any

import pytest
from app.calls.facts import CallEnded, CallFacts
from app.calls.wiring import Invitation
from app.database import Database
from app.flows.context import EscalationFound, EscalationLookup
from app.flows.directory import Post
from app.flows.effects import PassTicket, TakeTicket
from app.people.alerts.models import Alert
from app.tickets.clocks.escalation import queries
from app.tickets.clocks.escalation.models import Escalation
from app.tickets.clocks.escalation.taking import AlreadyTakenError
from app.tickets.models import Ticket
from tests.tickets.clocks.town import Town, county, shipped_directory, town, with_line

AT = "2026-11-23 09:30"
LATER = county("2026-11-23 09:31")


@pytest.fixture
def place(database: Database) -> Iterator[Town]:
    """A town with a person on duty, a head with a login and a director with a telephone."""
    directory = with_line(
        shipped_directory(),
        "agriculture",
        head=Post(staff=["head"]),
        director=Post(numbers=["+867451000999"]),
    )
    with town(database, directory) as found:
        person = found.employ("wang", "+8613900000001")
        found.employ("head", "+8613900000002")
        found.on_duty(person, "2026-11-23 00:00", "2026-11-24 00:00", "agriculture")
        yield found


def overdue(place: Town) -> Any:
    """A ticket whose line is being asked."""
    ticket = place.open("2026-11-23 09:00")
    place.look(AT)
    return ticket


def states(place: Town) -> list[tuple[str, str]]:
    return [(call.rung, call.state) for call in place.rows_of_calls()]


def place_call(place: Town, position: int) -> str:
    """The network takes the call of a leg; returns its SID."""
    leg = place.rows_of_calls()[position]
    with place.database.writing() as connection:
        order = place.escalations.begin_dialling(connection, leg.id, LATER)
    assert order is not None
    assert order.to == leg.number
    with place.database.writing() as connection:
        place.escalations.placed(connection, leg.id, f"CA{position}", LATER)
    return f"CA{position}"


def answered(place: Town, position: int, sid: str) -> Invitation | None:
    token = place.rows_of_calls()[position].token
    with place.database.writing() as connection:
        return place.escalations.invitation(connection, token, sid, LATER)


def facts(sid: str) -> CallFacts:
    return CallFacts(sid, "+8613900000001", "zh-CN", LATER)


def take(place: Town, sid: str) -> None:
    with place.database.writing() as connection:
        place.escalations.take(connection, TakeTicket(""), facts(sid))


def pass_on(place: Town, sid: str, reason: Any = "passed") -> None:
    with place.database.writing() as connection:
        place.escalations.pass_on(connection, PassTicket("", reason), facts(sid))


def ended(place: Town, sid: str, status: str, leg: str = "") -> None:
    with place.database.writing() as connection:
        place.escalations.call_ended(connection, CallEnded(sid, status, LATER, leg))


def found(place: Town, sid: str) -> EscalationFound | None:
    with place.database.reading() as connection:
        return queries.find(connection, EscalationLookup(""), facts(sid))


def test_the_line(place: Town) -> None:
    overdue(place)
    assert states(place) == [("person", "dialing"), ("head", "planned"), ("director", "planned")]
    assert [call.number for call in place.rows_of_calls()] == [
        "+8613900000001",
        "+8613900000002",
        "+867451000999",
    ]


@pytest.mark.parametrize(("sealed", "heard"), [(True, ("", "")), (False, ("五组", "渠断了"))])
def test_of_a_sealed_ticket_neither_place_nor_words_are_read(
    place: Town, sealed: bool, heard: tuple[str, str]
) -> None:
    place.open("2026-11-23 09:00", words="渠断了", place="五组", confidential=sealed)
    place.look(AT)
    case = found(place, place_call(place, 0))
    assert case is not None
    assert (case.place, case.words) == heard


def test_taken_twice_by_the_same_call_is_taken_once(place: Town) -> None:
    overdue(place)
    sid = place_call(place, 0)
    invitation = answered(place, 0, sid)
    assert invitation is not None
    assert (invitation.entry, invitation.language) == ("escalation", "zh-CN")
    take(place, sid)
    before = place.rows(Ticket)
    take(place, sid)
    assert place.rows(Ticket) == before
    (escalation,) = place.rows_by(Escalation)
    assert (escalation.state, escalation.taken_by) == ("taken", before[0].owner_id)
    assert (before[0].state, before[0].owner_id is not None) == ("acknowledged", True)


def test_of_two_who_press_1_only_the_first_has_it(place: Town) -> None:
    overdue(place)
    first = place_call(place, 0)
    with place.database.writing() as connection:  # its answer was slow to reach us
        leg = place.rows_of_calls()[0].id
        place.escalations.expire(connection, leg, LATER, even_answered=False)
    second = place_call(place, 1)
    answered(place, 0, first)
    answered(place, 1, second)
    take(place, second)
    owner = place.rows(Ticket)[0].owner_id
    with pytest.raises(AlreadyTakenError):
        take(place, first)
    assert place.rows(Ticket)[0].owner_id == owner
    told = found(place, first)
    assert told is not None
    assert not told.is_free


def test_who_answers_after_all_were_asked_may_still_take_it(place: Town) -> None:
    overdue(place)
    sids = []
    for position in range(3):
        sids.append(place_call(place, position))
        leg = place.rows_of_calls()[position].id
        with place.database.writing() as connection:
            place.escalations.expire(connection, leg, LATER, even_answered=False)
    assert [escalation.state for escalation in place.rows_by(Escalation)] == ["exhausted"]
    answered(place, 1, sids[1])
    take(place, sids[1])
    assert [escalation.state for escalation in place.rows_by(Escalation)] == ["taken"]


@pytest.mark.parametrize(
    ("status", "state"),
    [("busy", "busy"), ("failed", "failed"), ("no-answer", "no_answer"), ("canceled", "no_answer")],
)
def test_who_is_not_reached_is_followed_by_the_next(place: Town, status: str, state: str) -> None:
    overdue(place)
    sid = place_call(place, 0)
    ended(place, sid, status)
    ended(place, sid, "completed")  # late and repeated: nothing happens
    assert states(place)[:2] == [("person", state), ("head", "dialing")]


def test_who_hangs_up_without_a_key_has_not_taken_it(place: Town) -> None:
    overdue(place)
    sid = place_call(place, 0)
    answered(place, 0, sid)
    ended(place, sid, "completed")
    assert states(place)[:2] == [("person", "silent"), ("head", "dialing")]


@pytest.mark.parametrize("reason", ["passed", "machine", "silent"])
def test_passing_on_asks_the_next_at_once(place: Town, reason: str) -> None:
    overdue(place)
    sid = place_call(place, 0)
    answered(place, 0, sid)
    pass_on(place, sid, reason)
    pass_on(place, sid, reason)
    assert states(place) == [("person", reason), ("head", "dialing"), ("director", "planned")]


def test_a_worker_that_died_while_asking_leaves_the_call_unknown(place: Town) -> None:
    overdue(place)
    leg = place.rows_of_calls()[0]
    with place.database.writing() as connection:
        assert place.escalations.begin_dialling(connection, leg.id, LATER) is not None
    with place.database.writing() as connection:  # its lease ran out, another worker takes the job
        assert place.escalations.begin_dialling(connection, leg.id, LATER) is None
    assert states(place)[0] == ("person", "unknown")
    ended(place, "CA9", "no-answer", leg.token)  # its callback tells what became of it
    assert states(place)[:2] == [("person", "no_answer"), ("head", "dialing")]


def test_a_token_serves_one_call_only(place: Town) -> None:
    overdue(place)
    sid = place_call(place, 0)
    assert answered(place, 0, sid) is not None
    assert answered(place, 0, "CAother") is None
    with place.database.writing() as connection:
        assert place.escalations.invitation(connection, "unknown", sid, LATER) is None
    with pytest.raises(AlreadyTakenError):
        take(place, "CAother")


def test_answered_on_the_console_before_the_call_was_placed(place: Town) -> None:
    ticket = overdue(place)
    place.move(ticket, "acknowledged", "staff:1", AT)
    with place.database.writing() as connection:
        leg = place.rows_of_calls()[0].id
        assert place.escalations.begin_dialling(connection, leg, LATER) is None
    assert {state for _, state in states(place)} == {"cancelled"}
    assert [escalation.state for escalation in place.rows_by(Escalation)] == ["cancelled"]


def test_staff_without_a_telephone_are_told_on_the_console(place: Town) -> None:
    owner = place.employ("li")
    ticket = place.open("2026-11-23 09:00")
    place.move(ticket, "acknowledged", f"staff:{owner}", "2026-11-23 09:01")
    place.sweep_until("2026-11-24 09:00")
    assert "ticket.overdue" in place.alerts_to(owner)
    assert states(place)[:2] == [("person", "failed"), ("person", "dialing")]  # whoever is on duty


def test_without_a_flow_for_it_everybody_is_told_but_nobody_rung(place: Town) -> None:
    entries = place.directory.entries.model_copy(update={"escalation": ""})
    place.directory = place.directory.model_copy(update={"entries": entries})
    overdue(place)
    assert {state for _, state in states(place)} == {"failed"}
    assert sorted(alert.kind for alert in place.rows(Alert)) == ["ticket.overdue"] * 2


def test_an_alert_that_goes_by_call_rings_one_person(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    with place.database.writing() as connection:
        place.escalations.ring_for_alert(connection, 7, 2, ticket.id, LATER)
        place.escalations.ring_for_alert(connection, 7, 2, ticket.id, LATER)
    assert [(call.staff_id, call.state) for call in place.rows_of_calls()] == [(2, "dialing")]
