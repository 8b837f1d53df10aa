"""Callers by their telephone, their households, and the card of a caller."""

import pytest
from app.calls.models import Call
from app.tickets.amendments import note_satisfaction
from app.tickets.errors import RefusedError
from app.tickets.households.queries import caller_card, find_caller, find_household
from app.tickets.households.service import (
    HouseholdFacts,
    Profile,
    save_caller,
    save_household,
)
from app.tickets.seal.sight import Viewer
from sqlalchemy import insert, true
from tests.tickets.world import EVERYWHERE, FARMER, NEIGHBOUR, WANG, TicketDesk, after

YANG = HouseholdFacts(code="SX-0012", village="沙溪村", head="杨再兴", members=4)


def add_call(tickets: TicketDesk, sid: str, minutes: float) -> None:
    from app.database import blind_index

    tickets.write(
        lambda c: c.execute(
            insert(Call).values(
                sid=sid,
                direction="inbound",
                caller=FARMER,
                caller_index=blind_index(FARMER),
                called="+867451012345",
                status="completed",
                status_rank=9,
                started_at=after(minutes),
                seconds=60,
            )
        )
    )


def test_a_household_is_kept_by_its_code(tickets: TicketDesk) -> None:
    first = tickets.write(save_household, YANG, after(1))
    grown = HouseholdFacts(code="SX-0012", village="沙溪村", head="杨再兴", members=5)
    assert tickets.write(save_household, grown, after(2)) == first
    found = tickets.read(find_household, code="SX-0012")
    assert found is not None
    assert (found.id, found.head, found.members) == (first, "杨再兴", 5)
    assert tickets.read(find_household, household_id=first) == found
    assert tickets.read(find_household, code="SX-0013") is None


@pytest.mark.parametrize(
    "facts",
    [
        HouseholdFacts(code=" ", village="沙溪村", head="杨再兴", members=4),
        HouseholdFacts(code="1", village="", head="杨再兴", members=4),
        HouseholdFacts(code="1", village="沙溪村", head="", members=4),
        HouseholdFacts(code="1", village="沙溪村", head="杨再兴", members=0),
    ],
)
def test_a_household_needs_its_facts(tickets: TicketDesk, facts: HouseholdFacts) -> None:
    with pytest.raises(RefusedError):
        tickets.write(save_household, facts, after(1))


def test_what_is_known_of_a_caller_grows(tickets: TicketDesk) -> None:
    first = tickets.write(save_caller, FARMER, Profile(name="杨阿婆"), after(1))
    again = tickets.write(save_caller, FARMER, Profile(best_time="晚饭后"), after(2))
    assert first == again
    known = tickets.read(find_caller, FARMER)
    assert known is not None
    assert (known.name, known.best_time, known.phone) == ("杨阿婆", "晚饭后", FARMER)
    assert tickets.read(find_caller, NEIGHBOUR) is None
    with pytest.raises(RefusedError):
        tickets.write(save_caller, "anonymous", Profile(), after(3))


def test_tickets_learn_the_household_of_their_caller(tickets: TicketDesk) -> None:
    before = tickets.open()
    other = tickets.open(caller=NEIGHBOUR)
    household = tickets.write(save_household, YANG, after(1))
    tickets.write(save_caller, FARMER, Profile(household_id=household), after(2))
    later = tickets.open(minutes=3)
    assert [tickets.row(t).household_id for t in (before, other, later)] == [
        household,
        None,
        household,
    ]


def test_the_card_of_a_caller(tickets: TicketDesk) -> None:
    household = tickets.write(save_household, YANG, after(1))
    profile = Profile(name="杨阿婆", household_id=household)
    tickets.write(save_caller, FARMER, profile, after(2))
    for minutes in range(12):
        add_call(tickets, f"CA{minutes}", minutes)
    first, second = tickets.open(minutes=3), tickets.open(minutes=4)
    tickets.open(caller=NEIGHBOUR)
    secret = tickets.open(minutes=5, confidential=True)
    tickets.settle(first)
    tickets.write(note_satisfaction, first, "not_satisfied", "caller", after(30))
    card = tickets.read(caller_card, FARMER, true(), Viewer(WANG))
    assert card is not None
    assert card.caller is not None
    assert card.household is not None
    assert (card.caller.name, card.household.code) == ("杨阿婆", "SX-0012")
    assert [call.sid for call in card.calls] == [f"CA{n}" for n in range(11, 1, -1)]
    assert card.call_count == 12
    assert [ticket.number for ticket in card.tickets] == [second, first]
    assert (card.ticket_count, card.open_count) == (2, 1)
    assert card.last_satisfaction == "not_satisfied"
    seen = tickets.read(caller_card, FARMER, true(), EVERYWHERE)
    assert seen is not None
    assert [ticket.number for ticket in seen.tickets] == [secret, second, first]


def test_the_card_does_not_lead_to_a_sealed_ticket_by_its_call(tickets: TicketDesk) -> None:
    add_call(tickets, "CA1", 1)
    add_call(tickets, "CA2", 2)
    tickets.open(minutes=1, call_sid="CA1")
    tickets.open(minutes=2, call_sid="CA2", confidential=True)
    card = tickets.read(caller_card, FARMER, true(), Viewer(WANG))
    assert card is not None
    assert ([call.sid for call in card.calls], card.call_count) == (["CA1"], 1)
    seen = tickets.read(caller_card, FARMER, true(), EVERYWHERE)
    assert seen is not None
    assert seen.call_count == 2


def test_nobody_is_behind_a_withheld_number(tickets: TicketDesk) -> None:
    tickets.open(caller="anonymous")
    assert tickets.read(caller_card, "anonymous", true(), EVERYWHERE) is None


def test_names_are_unreadable_in_the_tables(tickets: TicketDesk) -> None:
    tickets.write(save_household, YANG, after(1))
    tickets.write(save_caller, FARMER, Profile(name="杨阿婆", best_time="晚饭后"), after(2))
    with tickets.database.reading() as connection:
        stored = [
            repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in ("households", "callers")
        ]
    for secret in ("杨再兴", "杨阿婆", "晚饭后", FARMER):
        assert secret not in "".join(stored)
