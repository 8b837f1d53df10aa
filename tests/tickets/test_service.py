from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.calls.facts import CallFacts, RecordingEvent
from app.calls.models import Recording
from app.database import Database
from app.flows.context import TicketFound, TicketLookup
from app.flows.effects import OpenTicket
from app.people.alerts.queries import count_open
from app.people.alerts.service import raise_alert
from app.people.staff.models import Staff
from app.tickets import queries, service
from app.tickets.errors import (
    NumberTakenError,
    SourceTakenError,
    TransitionError,
    UnknownTicketError,
)
from app.tickets.models import Ticket, TicketEvent
from sqlalchemy import Connection, insert, select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FARMER = "+8613800138000"


@dataclass(frozen=True)
class Land:
    department: str = "agriculture"
    priority: str = "high"
    respond_minutes: int = 15
    complete_hours: int = 48


@dataclass(frozen=True)
class County:
    categories: Mapping[str, Land]


COUNTY = County({"land": Land()})
CALL = CallFacts("CA1", FARMER, "zh-CN", NOON)
APPEAL = OpenTicket(
    number="57248168",
    source="CA1:appeal:RE1",
    kind="appeal",
    category="land",
    language="zh-CN",
    recording_sid="RE1",
    recording_seconds=7,
    words="地被占了",
)
INCIDENT = OpenTicket(
    number="10000006",
    source="CA1:incident",
    kind="incident",
    category="land",
    language="zh-CN",
)
open_from_call = service.open_from_call(lambda: COUNTY)


def open_ticket(database: Database, effect: OpenTicket = APPEAL, call: CallFacts = CALL) -> None:
    with database.writing() as connection:
        open_from_call(connection, effect, call)


def ticket(database: Database, number: str = APPEAL.number) -> Any:
    with database.reading() as connection:
        table = Ticket.__table__
        return connection.execute(select(table).where(Ticket.number == number)).one()


def events(database: Database) -> list[tuple[str, str, str, str]]:
    with database.reading() as connection:
        columns = (TicketEvent.actor, TicketEvent.event, TicketEvent.from_state)
        query = select(*columns, TicketEvent.to_state).order_by(TicketEvent.id)
        return [tuple(row) for row in connection.execute(query)]


def move(
    database: Database, state: Any, minutes: int = 0, why: str = "", actor: str = "li"
) -> bool:
    with database.writing() as connection:
        at = NOON + timedelta(minutes=minutes)
        until = NOON + timedelta(days=3) if state == "waiting" else None
        why = why or ("地已经还给您了" if state == "resolved" else "")
        actor = "caller" if state == "closed" else actor
        return service.transition(connection, APPEAL.number, state, actor, why, at, until=until)


def test_an_appeal_becomes_a_ticket_routed_by_its_category(database: Database) -> None:
    open_ticket(database)
    found = ticket(database)
    assert (found.department, found.priority, found.state) == ("agriculture", "high", "new")
    assert found.opened_at == NOON
    assert found.respond_due_at == NOON + timedelta(minutes=15)
    assert found.complete_due_at == NOON + timedelta(hours=48)
    assert (found.caller, found.words, found.call_sid) == (FARMER, "地被占了", "CA1")
    assert (found.recording_sid, found.recording_seconds) == ("RE1", 7)
    assert events(database) == [("system", "opened", "", "new")]


def test_what_is_personal_is_unreadable_in_the_tables(database: Database) -> None:
    open_ticket(database)
    with database.reading() as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM tickets").one())
    assert FARMER not in stored
    assert "13800138000" not in stored
    assert "地被占了" not in stored


@pytest.mark.parametrize("category", ["", "abolished"])
def test_a_category_nobody_knows_goes_to_the_hotlines_own_desk(
    database: Database, category: str
) -> None:
    open_ticket(database, replace(APPEAL, category=category))
    found = ticket(database)
    assert (found.department, found.priority) == ("", "normal")
    assert found.respond_due_at == NOON + timedelta(minutes=30)
    assert found.complete_due_at == NOON + timedelta(hours=24)


def test_the_same_effect_twice_is_one_ticket(database: Database) -> None:
    open_ticket(database)
    open_ticket(database)
    assert events(database) == [("system", "opened", "", "new")]


def test_a_source_that_has_a_ticket_refuses_another_number(database: Database) -> None:
    open_ticket(database)
    with pytest.raises(SourceTakenError, match="57248168"):
        open_ticket(database, replace(APPEAL, number="10000006"))
    assert len(events(database)) == 1


def test_a_number_in_use_is_refused_for_another_source(database: Database) -> None:
    open_ticket(database)
    with pytest.raises(NumberTakenError, match="57248168"):
        open_ticket(database, replace(APPEAL, source="CA2:appeal:RE2"))
    assert len(events(database)) == 1


def test_the_whole_life_of_a_ticket(database: Database) -> None:
    open_ticket(database)
    for minutes, state in enumerate(
        ["acknowledged", "in_progress", "resolved", "closed", "reopened", "in_progress"], start=1
    ):
        assert move(database, state, minutes) is True
    found = ticket(database)
    assert found.acknowledged_at == NOON + timedelta(minutes=1)
    assert (found.resolved_at, found.closed_at) == (None, None)
    assert [event[1:] for event in events(database)] == [
        ("opened", "", "new"),
        ("state", "new", "acknowledged"),
        ("state", "acknowledged", "in_progress"),
        ("state", "in_progress", "resolved"),
        ("state", "resolved", "closed"),
        ("state", "closed", "reopened"),
        ("state", "reopened", "in_progress"),
    ]


def test_instants_of_resolving_and_closing_are_kept(database: Database) -> None:
    open_ticket(database)
    for minutes, state in enumerate(["acknowledged", "in_progress", "resolved", "closed"], start=1):
        move(database, state, minutes)
    found = ticket(database)
    assert found.resolved_at == NOON + timedelta(minutes=3)
    assert found.closed_at == NOON + timedelta(minutes=4)


def test_the_first_acknowledgement_counts(database: Database) -> None:
    open_ticket(database)
    states = ["acknowledged", "in_progress", "resolved", "reopened", "acknowledged"]
    for minutes, state in enumerate(states, start=1):
        move(database, state, minutes)
    assert ticket(database).acknowledged_at == NOON + timedelta(minutes=1)


def test_a_transition_asked_for_twice_happens_once(database: Database) -> None:
    open_ticket(database)
    assert move(database, "acknowledged") is True
    assert move(database, "acknowledged", minutes=5) is False
    assert ticket(database).acknowledged_at == NOON
    assert len(events(database)) == 2


def test_a_state_that_may_not_follow_is_refused_and_nothing_changes(database: Database) -> None:
    open_ticket(database)
    with pytest.raises(TransitionError, match="is new: it cannot become closed"):
        move(database, "closed")
    assert ticket(database).state == "new"
    assert len(events(database)) == 1


def test_the_staff_cannot_close_a_ticket_themselves(database: Database) -> None:
    open_ticket(database)
    for state in ("acknowledged", "in_progress", "resolved"):
        move(database, state)
    for actor in ("staff:1", "api:county"):
        with (
            pytest.raises(TransitionError, match="its caller's own word"),
            database.writing() as connection,
        ):
            service.transition(connection, APPEAL.number, "closed", actor, "", NOON)
    assert ticket(database).state == "resolved"


def test_an_unknown_number_is_told(database: Database) -> None:
    with pytest.raises(UnknownTicketError, match="57248168"):
        move(database, "acknowledged")


def test_waiting_needs_a_reason_and_moves_the_deadline_by_its_length(database: Database) -> None:
    open_ticket(database)
    move(database, "acknowledged")
    move(database, "in_progress")
    with pytest.raises(TransitionError, match="only for a reason"):
        move(database, "waiting", why="  ")
    move(database, "waiting", minutes=10, why="the caller is away until Monday")
    assert ticket(database).complete_due_at == NOON + timedelta(hours=48)
    move(database, "in_progress", minutes=70)
    found = ticket(database)
    assert found.complete_due_at == NOON + timedelta(hours=49)
    assert found.waiting_since is None
    move(database, "resolved", minutes=80)
    assert ticket(database).complete_due_at == NOON + timedelta(hours=49)


def recorded(database: Database, sid: str, source: str, status: str = "completed") -> None:
    with database.writing() as connection:
        event = RecordingEvent(sid, "CA1", "", status, 21, 2, source)
        service.attach_recording(connection, event)


def test_a_finished_recording_tells_its_length_to_the_ticket_that_names_it(
    database: Database,
) -> None:
    open_ticket(database)
    open_ticket(database, INCIDENT)
    recorded(database, "RE1", "RecordVerb")
    recorded(database, "RE1", "RecordVerb")
    assert ticket(database).recording_seconds == 21
    assert ticket(database, INCIDENT.number).recording_sid == ""


def test_the_conversation_with_the_duty_officer_belongs_to_the_incident(
    database: Database,
) -> None:
    open_ticket(database)
    open_ticket(database, INCIDENT)
    recorded(database, "RE2", "DialVerb", status="in-progress")
    assert ticket(database, INCIDENT.number).recording_sid == ""
    recorded(database, "RE2", "DialVerb")
    recorded(database, "RE3", "DialVerb")  # the first conversation stays
    found = ticket(database, INCIDENT.number)
    assert (found.recording_sid, found.recording_seconds) == ("RE2", 21)
    assert ticket(database).recording_sid == "RE1"


def test_a_message_too_short_to_be_an_appeal_belongs_to_nobody(database: Database) -> None:
    open_ticket(database, INCIDENT)
    recorded(database, "RE9", "RecordVerb")
    assert ticket(database, INCIDENT.number).recording_sid == ""


def test_a_recording_told_of_before_its_incident_is_found(database: Database) -> None:
    recorded(database, "RE2", "DialVerb")
    with database.writing() as connection:
        add_recording(connection, "RE0", "RecordVerb")
        add_recording(connection, "RE2", "DialVerb")
    open_ticket(database, INCIDENT)
    found = ticket(database, INCIDENT.number)
    assert (found.recording_sid, found.recording_seconds) == ("RE2", 9)


def add_recording(connection: Connection, sid: str, source: str) -> None:
    connection.execute(
        insert(Recording).values(
            sid=sid, call_sid="CA1", status="completed", seconds=9, source=source, at=NOON
        )
    )


@pytest.mark.parametrize(
    ("number", "caller", "is_found"),
    [
        (APPEAL.number, FARMER, True),
        (APPEAL.number, "+8613900139000", False),
        (APPEAL.number, "anonymous", False),
        (APPEAL.number, "", False),
        ("10000006", FARMER, False),
        ("", FARMER, False),
    ],
)
def test_a_ticket_is_shown_to_its_own_telephone_only(
    database: Database, number: str, caller: str, is_found: bool
) -> None:
    open_ticket(database)
    with database.reading() as connection:
        found = queries.find_for_caller(
            connection, TicketLookup(number), replace(CALL, sid="CA7", caller=caller)
        )
    expected = TicketFound(
        APPEAL.number, "new", "land", NOON + timedelta(minutes=15), NOON + timedelta(hours=48)
    )
    assert found == (expected if is_found else None)


def test_callers_who_hide_their_number_never_see_each_others_tickets(database: Database) -> None:
    hidden = replace(CALL, caller="anonymous")
    open_ticket(database, call=hidden)
    with database.reading() as connection:
        assert queries.find_for_caller(connection, TicketLookup(APPEAL.number), hidden) is None


def test_a_ticket_is_found_by_its_source(database: Database) -> None:
    open_ticket(database)
    with database.reading() as connection:
        assert queries.find_by_source(connection, "CA1:appeal:RE1") == APPEAL.number
        assert queries.find_by_source(connection, "CA1:appeal:RE2") is None


def test_who_takes_a_ticket_up_ends_its_alerts(database: Database) -> None:
    """Nobody is told again of what somebody has in hand."""
    open_ticket(database)
    ticket_id = ticket(database).id
    with database.writing() as connection:
        staff_id = connection.execute(
            insert(Staff)
            .values(login="zhang", name="张", phone_index="", active=True, created_at=NOON)
            .returning(Staff.id)
        ).scalar_one()
        raise_alert(
            connection, key="k", staff_id=staff_id, kind="ticket.due_soon", ticket_id=ticket_id,
            words={"zh-CN": "快到期"}, at=NOON,
        )  # fmt: skip
        assert count_open(connection, staff_id) == 1
        service.transition(connection, APPEAL.number, "acknowledged", f"staff:{staff_id}", "", NOON)
        assert count_open(connection, staff_id) == 0
