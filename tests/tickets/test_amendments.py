"""What may be set right: category with its deadlines, priority, place, caller, the caller's word."""

from datetime import timedelta

import pytest
from app.database import blind_index
from app.tickets.amendments import Amendment, amend, note_satisfaction, reroute, set_priority
from app.tickets.errors import RefusedError, TicketError
from app.tickets.routing import Routing
from tests.tickets.world import LI, NEIGHBOUR, NOON, TicketDesk, after

DANGER = Routing("emergency", "urgent", timedelta(minutes=5), timedelta(hours=12))


def test_another_category_measures_its_promise_from_the_opening(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    assert tickets.write(reroute, ticket, "danger", DANGER, "staff:1", after(3), "是险情") is True
    assert tickets.write(reroute, ticket, "danger", DANGER, "staff:1", after(4)) is False
    found = tickets.row(ticket)
    assert (found.category, found.department, found.priority) == ("danger", "emergency", "urgent")
    assert (found.respond_due_at, found.complete_due_at) == (after(5), after(12 * 60))
    assert (found.due_at, found.next_alarm_at) == (after(5), after(3))
    event = tickets.events(ticket)[-1]
    assert (event.event, event.words) == ("rerouted", "是险情")
    assert '"from": "land", "to": "danger"' in event.detail


def test_what_was_waited_is_not_lost_by_another_category(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 1)
    tickets.move(ticket, "in_progress", 2)
    tickets.move(ticket, "waiting", 10, why="等户主", until=after(600))
    tickets.move(ticket, "in_progress", 70)
    tickets.write(reroute, ticket, "danger", DANGER, "staff:1", after(80))
    found = tickets.row(ticket)
    assert found.complete_due_at == NOON + timedelta(hours=13)
    assert (found.owner_id, found.due_at) == (LI, found.complete_due_at)


def test_a_reopened_ticket_is_measured_from_its_reopening(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.settle(ticket)
    with pytest.raises(RefusedError, match="reopen it"):
        tickets.write(reroute, ticket, "danger", DANGER, "staff:1", after(80))
    tickets.move(ticket, "reopened", 100, "caller")
    tickets.write(reroute, ticket, "danger", DANGER, "staff:1", after(101))
    assert tickets.row(ticket).respond_due_at == after(105)


def test_priorities(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    assert tickets.write(set_priority, ticket, "urgent", "staff:1", after(1)) is True
    assert tickets.write(set_priority, ticket, "urgent", "staff:1", after(1)) is False
    with pytest.raises(RefusedError):
        tickets.write(set_priority, ticket, "highest", "staff:1", after(1))
    assert tickets.row(ticket).priority == "urgent"
    assert tickets.happened(ticket) == ["opened", "priority"]


def test_what_is_set_right_can_be_looked_up(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    better = Amendment(caller=NEIGHBOUR, caller_name="杨阿婆", place="沙溪村", subject="水井干了")
    assert tickets.write(amend, ticket, better, "staff:1", after(1)) is True
    assert tickets.write(amend, ticket, better, "staff:1", after(2)) is False
    found = tickets.row(ticket)
    assert (found.caller, found.caller_name, found.subject) == (NEIGHBOUR, "杨阿婆", "水井干了")
    assert found.caller_index == blind_index(NEIGHBOUR)
    assert found.caller_name_index == blind_index("杨阿婆")
    assert found.place_index == blind_index("沙溪村")
    assert "caller_name" in tickets.events(ticket)[-1].detail
    assert "杨阿婆" not in tickets.events(ticket)[-1].detail


def test_the_callers_word_is_kept(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    assert tickets.write(note_satisfaction, ticket, "satisfied", "caller", after(50)) is True
    assert tickets.write(note_satisfaction, ticket, "satisfied", "caller", after(51)) is False
    assert tickets.row(ticket).satisfaction == "satisfied"
    with pytest.raises(TicketError):
        tickets.write(note_satisfaction, ticket, "so-so", "caller", after(52))
