"""Merging duplicates: deadlines, the word to the caller, what the survivor shows, and undoing."""

from typing import Any

import pytest
from app.calls.facts import CallFacts
from app.flows.context import TicketLookup
from app.messages.models import Message
from app.tickets.errors import RefusedError, TransitionError
from app.tickets.links.merging import merge, unmerge
from app.tickets.links.queries import family, merged_numbers
from app.tickets.notes.service import add_note
from app.tickets.queries import find_for_caller
from app.tickets.seal.service import seal
from app.tickets.timeline.queries import timeline
from sqlalchemy import select
from tests.tickets.world import FARMER, NEIGHBOUR, TicketDesk, after


class Composer:
    """Says which text it was asked for."""

    def compose(self, key: str, language: str, **values: str) -> str:
        return f"{key} {language} {values['number']}"


def join(tickets: TicketDesk, duplicate: str, survivor: str, minutes: float = 5) -> None:
    tickets.write(merge, duplicate, survivor, "staff:1", "同一口井", after(minutes), Composer())


def texts(tickets: TicketDesk) -> list[tuple[str, str]]:
    with tickets.database.reading() as connection:
        rows = connection.execute(select(Message.number, Message.body))
        return [(row.number, row.body) for row in rows]


def asked(tickets: TicketDesk, number: str, caller: str) -> Any:
    call = CallFacts("CA9", caller, "zh-CN", after(9))
    return tickets.read(find_for_caller, TicketLookup(number), call)


@pytest.fixture
def pair(tickets: TicketDesk) -> tuple[str, str]:
    """Two appeals about one well: the farmer's, ten minutes later the neighbour's."""
    return tickets.open(), tickets.open(minutes=10, caller=NEIGHBOUR)


def test_the_duplicate_is_closed_and_its_caller_told(
    tickets: TicketDesk, pair: tuple[str, str]
) -> None:
    farmers, neighbours = pair
    join(tickets, neighbours, farmers)
    gone = tickets.row(neighbours)
    assert (gone.state, gone.merged_into_id) == ("closed", tickets.row(farmers).id)
    assert (gone.due_at, gone.next_alarm_at) == (None, None)
    assert texts(tickets) == [(NEIGHBOUR, f"ticket.merged zh-CN {farmers}")]
    assert tickets.happened(neighbours) == ["opened", "merged"]
    assert tickets.happened(farmers) == ["opened", "took_in"]
    with pytest.raises(TransitionError, match="merged into another"):
        tickets.move(neighbours, "reopened", 20)


def test_the_earlier_deadline_is_kept_and_given_back(
    tickets: TicketDesk, pair: tuple[str, str]
) -> None:
    farmers, neighbours = pair
    join(tickets, farmers, neighbours, 15)
    found = tickets.row(neighbours)
    assert (found.respond_due_at, found.complete_due_at) == (after(30), after(24 * 60))
    assert (found.due_at, found.next_alarm_at) == (after(30), after(15))
    tickets.write(unmerge, farmers, "staff:1", "不是同一口井", after(20))
    back = tickets.row(neighbours)
    assert (back.respond_due_at, back.complete_due_at) == (after(40), after(24 * 60 + 10))
    again = tickets.row(farmers)
    assert (again.state, again.merged_into_id, again.closed_at) == ("new", None, None)
    assert (again.due_at, again.next_alarm_at) == (after(30), after(20))
    with pytest.raises(RefusedError, match="was not merged"):
        tickets.write(unmerge, farmers, "staff:1", "再一次", after(21))
    join(tickets, farmers, neighbours, 25)  # and may be merged again
    assert len(texts(tickets)) == 2


def test_undoing_leaves_a_deadline_that_was_changed_since(
    tickets: TicketDesk, pair: tuple[str, str]
) -> None:
    farmers, neighbours = pair
    join(tickets, farmers, neighbours, 15)
    tickets.move(neighbours, "acknowledged", 16)
    tickets.move(neighbours, "in_progress", 17)
    tickets.move(neighbours, "waiting", 20, why="等井队", until=after(500))
    tickets.move(neighbours, "in_progress", 80)
    moved = tickets.row(neighbours).complete_due_at
    assert moved == after(25 * 60)
    tickets.write(unmerge, farmers, "staff:1", "不是同一口井", after(90))
    assert tickets.row(neighbours).complete_due_at == moved


def test_a_settled_duplicate_hurries_nobody(tickets: TicketDesk, pair: tuple[str, str]) -> None:
    farmers, neighbours = pair
    tickets.settle(farmers)
    join(tickets, farmers, neighbours, 20)
    assert tickets.row(neighbours).respond_due_at == after(40)
    tickets.write(unmerge, farmers, "staff:1", "错了", after(21))
    assert tickets.row(farmers).state == "resolved"


def test_what_belongs_to_duplicates_is_seen_from_the_survivor(
    tickets: TicketDesk, pair: tuple[str, str]
) -> None:
    farmers, neighbours = pair
    third = tickets.open(minutes=12)
    tickets.write(add_note, neighbours, "井台也裂了", "staff:2", after(13), key="1")
    join(tickets, neighbours, third, 14)
    join(tickets, third, farmers, 15)
    all_three = tickets.read(family, tickets.row(farmers).id)
    assert len(all_three) == 3
    assert tickets.read(merged_numbers, all_three) == [neighbours, third]
    entries = tickets.read(timeline, tickets.whole(farmers), all_three)
    assert "井台也裂了" in [entry.words for entry in entries]


def test_every_caller_asks_by_either_number(tickets: TicketDesk, pair: tuple[str, str]) -> None:
    farmers, neighbours = pair
    join(tickets, neighbours, farmers)
    tickets.move(farmers, "acknowledged", 20)
    for caller in (FARMER, NEIGHBOUR):
        for number in pair:
            found = asked(tickets, number, caller)
            assert (found.number, found.state) == (farmers, "acknowledged")
    assert asked(tickets, farmers, "+8613900139000") is None
    tickets.write(unmerge, neighbours, "staff:1", "错了", after(30))
    assert asked(tickets, farmers, NEIGHBOUR) is None


def test_merges_that_make_no_sense_are_refused(tickets: TicketDesk, pair: tuple[str, str]) -> None:
    farmers, neighbours = pair
    with pytest.raises(RefusedError, match="the same ticket"):
        join(tickets, farmers, farmers)
    with pytest.raises(RefusedError, match="why both are the same"):
        tickets.write(merge, farmers, neighbours, "staff:1", " ", after(5), Composer())
    tickets.write(seal, neighbours, "staff:1", "要保密", after(5))
    with pytest.raises(RefusedError, match="is sealed"):
        join(tickets, farmers, neighbours)
    with pytest.raises(RefusedError, match="is sealed"):
        join(tickets, neighbours, farmers)
    tickets.settle(neighbours, 12)
    with pytest.raises(RefusedError, match="settled"):
        join(tickets, farmers, neighbours)
    third = tickets.open()
    join(tickets, third, farmers)
    with pytest.raises(RefusedError, match="merged into another already"):
        join(tickets, third, farmers)
    assert len(texts(tickets)) == 1
