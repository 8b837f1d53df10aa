"""The life of a ticket: owner, waits with an end, outcomes, rounds of the clocks, versions."""

from datetime import timedelta
from typing import Any

import pytest
from app.tickets.errors import RefusedError, StaleError, TransitionError
from app.tickets.routing import Routing
from app.tickets.service import end_waits
from tests.tickets.world import FARMER, LI, NOON, WANG, TicketDesk, after


@pytest.mark.parametrize(
    ("channel", "opened_by", "actor"),
    [
        ("phone", "caller", "system"),
        ("sms", "caller", "system"),
        ("portal", "caller", "system"),
        ("console", "staff:2", "staff:2"),
        ("api", "api:town", "api:town"),
    ],
)
def test_the_same_ticket_whatever_the_channel(
    tickets: TicketDesk, channel: str, opened_by: str, actor: str
) -> None:
    opened = tickets.open_whole(
        channel=channel,
        opened_by=opened_by,
        words="村口的路被水冲断了，车过不去，娃娃上学要绕五里路，请求派人来看看，越快越好，谢谢。",
        caller_name="石秀英",
        place="沙溪村三组",
        confidential=True,
    )
    found = tickets.row(opened.number)
    assert (found.channel, found.opened_by, found.state) == (channel, opened_by, "new")
    assert found.subject.startswith("村口的路被水冲断了")
    assert found.subject.endswith("…")
    assert len(found.subject) == 40
    assert (found.caller, found.caller_name, found.place) == (FARMER, "石秀英", "沙溪村三组")
    assert (found.confidential, found.sealed_at, found.sealed_by) == (True, NOON, opened_by)
    assert (found.due_at, found.next_alarm_at) == (after(30), NOON)
    assert [event.actor for event in tickets.events(opened.number)] == [actor]
    assert opened.is_new


def test_an_appeal_sent_twice_is_found_the_second_time(tickets: TicketDesk) -> None:
    first = tickets.open_whole(source="portal:form-1", number=tickets.first)
    again = tickets.open_whole(minutes=5, source="portal:form-1", number=tickets.first)
    assert (first.id, first.is_new) == (again.id, True)
    assert not again.is_new
    assert again.respond_due_at == after(30)


def test_words_without_end_are_refused(tickets: TicketDesk) -> None:
    with pytest.raises(RefusedError, match="at most 20000"):
        tickets.open(words="水" * 20_001)


def test_the_first_person_to_acknowledge_owns_it(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 5, LI)
    assert tickets.row(ticket).owner_id == LI
    tickets.move(ticket, "in_progress", 6, WANG)
    assert tickets.row(ticket).owner_id == LI


@pytest.mark.parametrize("actor", ["system", "caller"])
def test_only_a_person_acknowledges(tickets: TicketDesk, actor: str) -> None:
    ticket = tickets.open()
    with pytest.raises(TransitionError, match="Only a person") as refused:
        tickets.move(ticket, "acknowledged", 5, actor)
    assert "只能由工作人员响应" in refused.value.said("zh-CN")


@pytest.mark.parametrize(("minutes", "in_time"), [(30, True), (31, False)])
def test_the_promise_of_a_response_is_kept_or_broken(
    tickets: TicketDesk, minutes: int, in_time: bool
) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", minutes)
    found = tickets.row(ticket)
    assert found.responded_in_time is in_time
    assert found.due_at == found.complete_due_at


@pytest.mark.parametrize(
    ("why", "until", "said"),
    [
        ("", after(60), "only for a reason"),
        ("户主外出", None, "a time still to come"),
        ("户主外出", after(10), "a time still to come"),
    ],
)
def test_a_wait_needs_a_reason_and_an_end(
    tickets: TicketDesk, why: str, until: Any, said: str
) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 1)
    tickets.move(ticket, "in_progress", 2)
    with pytest.raises(TransitionError, match=said):
        tickets.move(ticket, "waiting", 10, why=why, until=until)
    assert tickets.row(ticket).state == "in_progress"


def waiting(tickets: TicketDesk, until: float = 130) -> str:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 1)
    tickets.move(ticket, "in_progress", 2)
    tickets.move(ticket, "waiting", 10, why="等户主回村", until=after(until))
    return ticket


def test_a_wait_rests_the_clocks(tickets: TicketDesk) -> None:
    found = tickets.row(waiting(tickets))
    assert (found.due_at, found.next_alarm_at) == (after(130), None)
    assert (found.waiting_since, found.waiting_until) == (after(10), after(130))
    assert found.waiting_for == "等户主回村"


def test_a_wait_ends_by_itself_at_its_end(tickets: TicketDesk) -> None:
    ticket = waiting(tickets)
    assert tickets.write(end_waits, after(129)) == 0
    assert tickets.write(end_waits, after(135)) == 1  # the sweep was five minutes late
    assert tickets.write(end_waits, after(136)) == 0
    found = tickets.row(ticket)
    assert (found.state, found.waiting_until, found.waiting_for) == ("in_progress", None, "")
    # the clock stood still for exactly the two hours that were asked for
    assert found.complete_due_at == NOON + timedelta(hours=26)
    assert (found.due_at, found.next_alarm_at) == (found.complete_due_at, after(130))
    last = tickets.events(ticket)[-1]
    assert (last.actor, last.from_state, last.to_state) == ("system", "waiting", "in_progress")


def test_a_wait_ended_by_hand_does_not_end_again(tickets: TicketDesk) -> None:
    ticket = waiting(tickets)
    tickets.move(ticket, "in_progress", 40)
    assert tickets.write(end_waits, after(200)) == 0
    assert tickets.row(ticket).complete_due_at == NOON + timedelta(hours=24, minutes=30)


def test_what_was_late_before_a_wait_stays_late(tickets: TicketDesk) -> None:
    ticket = tickets.open(routing=Routing(complete=timedelta(minutes=5)))
    tickets.move(ticket, "acknowledged", 1)
    tickets.move(ticket, "in_progress", 2)
    tickets.move(ticket, "waiting", 10, why="等材料", until=after(60))
    tickets.move(ticket, "resolved", 50)
    found = tickets.row(ticket)
    assert found.complete_due_at == after(5)
    assert found.completed_in_time is False


def test_resolving_needs_an_outcome_that_the_caller_is_told(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 1)
    tickets.move(ticket, "in_progress", 2)
    with pytest.raises(TransitionError, match="outcome"):
        tickets.move(ticket, "resolved", 3, why=" ")
    tickets.move(ticket, "resolved", 3, why="路已经修好")
    found = tickets.row(ticket)
    assert (found.outcome, found.completed_in_time) == ("路已经修好", True)
    assert (found.due_at, found.next_alarm_at) == (None, None)
    assert tickets.events(ticket)[-1].words == "路已经修好"


def test_reopening_starts_another_round(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.settle(ticket, 10)
    tickets.move(ticket, "reopened", 100, "caller", why="水又停了")
    found = tickets.row(ticket)
    assert (found.clock_round, found.clock_started_at) == (1, after(100))
    assert (found.respond_due_at, found.complete_due_at) == (after(130), after(100 + 24 * 60))
    assert (found.due_at, found.next_alarm_at) == (after(130), after(100))
    assert (found.resolved_at, found.owner_id, found.acknowledged_at) == (None, LI, after(10))


def test_what_was_changed_meanwhile_is_not_overwritten(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    shown = tickets.row(ticket).version
    tickets.move(ticket, "acknowledged", 1)
    with pytest.raises(StaleError, match="look at it again"):
        tickets.move(ticket, "acknowledged", 2, WANG, version=shown)
    assert tickets.row(ticket).owner_id == LI
