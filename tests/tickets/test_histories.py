"""Random histories of tickets: whatever people do in whatever order, the rules hold."""

from datetime import timedelta
from typing import Any

from app.database import Database
from app.tickets.amendments import reroute, set_priority
from app.tickets.errors import TicketError
from app.tickets.handover import service as handover
from app.tickets.handover.models import TicketOffer
from app.tickets.handover.service import Receiver, Target
from app.tickets.links.merging import merge, unmerge
from app.tickets.models import Ticket, TicketEvent
from app.tickets.routing import Routing
from app.tickets.seal.service import seal, unseal
from app.tickets.service import end_waits, transition
from app.tickets.states import SETTLED, UNANSWERED, may_follow
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from tests.fixtures.databases import empty
from tests.tickets.world import LI, NOON, WANG, ZHAO, TicketDesk

STATES = st.sampled_from(
    ["acknowledged", "in_progress", "waiting", "resolved", "closed", "reopened"]
)
STAFF = st.sampled_from([LI, WANG, ZHAO])
ROUTINGS = st.sampled_from(
    [
        Routing("agriculture"),
        Routing("water", "high", timedelta(minutes=5), timedelta(hours=2)),
        Routing("housing", "normal", timedelta(hours=1), timedelta(hours=72)),
    ]
)
MERGED = ("merged", "unmerged")


class Composer:
    """Any text will do."""

    def compose(self, key: str, language: str, **values: str) -> str:
        return key + values["number"]


class Histories(RuleBasedStateMachine):
    """Three tickets and three people; time only goes forward."""

    database: Database

    @initialize()
    def open(self) -> None:
        empty(self.database)
        self.desk = TicketDesk(self.database)
        self.now = NOON
        self.numbers = [self.desk.open(caller=f"+861380013800{n}") for n in range(3)]

    def attempt(self, act: Any, *args: Any, **more: Any) -> None:
        """Do something that may be refused; a refusal changes nothing."""
        before = self.rows(), self.event_count()
        refused = None
        try:
            self.desk.write(act, *args, **more)
        except TicketError as error:
            refused = error
        if refused is not None:
            assert refused.said("zh-CN") != refused.said("en-US")
            assert (self.rows(), self.event_count()) == before

    def ticket(self, index: int) -> str:
        return self.numbers[index]

    @rule(minutes=st.integers(1, 500))
    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.desk.write(end_waits, self.now)
        self.desk.write(handover.expire_offers, self.now)

    @rule(index=st.integers(0, 2), state=STATES, who=STAFF, minutes=st.integers(-5, 300))
    def move(self, index: int, state: Any, who: int, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        actor = "caller" if state == "closed" else f"staff:{who}"
        self.attempt(transition, self.ticket(index), state, actor, "因为", self.now, until=until)

    @rule(index=st.integers(0, 2), who=STAFF)
    def claim(self, index: int, who: int) -> None:
        self.attempt(handover.claim, self.ticket(index), who, self.now)

    @rule(index=st.integers(0, 2), who=STAFF, to=STAFF)
    def offer(self, index: int, who: int, to: int) -> None:
        target = Target(staff_id=to)
        self.attempt(handover.offer, self.ticket(index), who, target, "忙", self.now)

    @rule(index=st.integers(0, 2), who=STAFF, accepts=st.booleans())
    def answer(self, index: int, who: int, accepts: bool) -> None:
        if accepts:
            self.attempt(handover.accept, self.ticket(index), Receiver(who), self.now)
        else:
            self.attempt(handover.decline, self.ticket(index), Receiver(who), "忙", self.now)

    @rule(index=st.integers(0, 2), who=st.none() | STAFF)
    def assign(self, index: int, who: int | None) -> None:
        self.attempt(handover.assign, self.ticket(index), who, "staff:9", self.now)

    @rule(index=st.integers(0, 2), routing=ROUTINGS)
    def reroute(self, index: int, routing: Routing) -> None:
        self.attempt(reroute, self.ticket(index), routing.department, routing, "staff:9", self.now)

    @rule(index=st.integers(0, 2), priority=st.sampled_from(["normal", "urgent", "none"]))
    def prioritise(self, index: int, priority: str) -> None:
        self.attempt(set_priority, self.ticket(index), priority, "staff:9", self.now)

    @rule(duplicate=st.integers(0, 2), survivor=st.integers(0, 2))
    def merge(self, duplicate: int, survivor: int) -> None:
        numbers = self.ticket(duplicate), self.ticket(survivor)
        self.attempt(merge, *numbers, "staff:9", "同一件事", self.now, Composer())

    @rule(index=st.integers(0, 2))
    def unmerge(self, index: int) -> None:
        self.attempt(unmerge, self.ticket(index), "staff:9", "不是", self.now)

    @rule(index=st.integers(0, 2), sealed=st.booleans())
    def seal(self, index: int, sealed: bool) -> None:
        self.attempt(seal if sealed else unseal, self.ticket(index), "staff:9", "要", self.now)

    # --- what always holds

    @invariant()
    def what_is_due_follows_the_state(self) -> None:
        for row in self.rows():
            if row.state in SETTLED:
                assert row.due_at is None
            elif row.state in UNANSWERED:
                assert row.due_at == row.respond_due_at
            elif row.state == "waiting":
                assert row.due_at == row.waiting_until
            else:
                assert row.due_at == row.complete_due_at
            rests = row.state in SETTLED or row.state == "waiting"
            assert (row.next_alarm_at is None) is rests

    @invariant()
    def waits_have_a_beginning_an_end_and_a_reason(self) -> None:
        for row in self.rows():
            if row.state == "waiting":
                assert row.waiting_for
                assert row.waiting_since < row.waiting_until
            elif row.merged_into_id is None:
                assert (row.waiting_since, row.waiting_until) == (None, None)

    @invariant()
    def events_tell_the_way_to_the_state(self) -> None:
        with self.database.reading() as connection:
            for row in self.rows():
                events = connection.execute(
                    select(TicketEvent.event, TicketEvent.from_state, TicketEvent.to_state)
                    .where(TicketEvent.ticket_id == row.id, TicketEvent.to_state != "")
                    .order_by(TicketEvent.id)
                ).all()
                state = ""
                for event, before, after in events:
                    assert before == state
                    assert event in ("opened", *MERGED) or may_follow(before, after)
                    state = after
                assert state == row.state

    @invariant()
    def merged_is_closed_and_leads_nowhere_in_a_circle(self) -> None:
        rows = {row.id: row for row in self.rows()}
        for row in rows.values():
            seen = set()
            while row.merged_into_id is not None:
                assert row.state == "closed"
                assert row.id not in seen
                seen.add(row.id)
                row = rows[row.merged_into_id]  # noqa: PLW2901 - the walk along the merges

    @invariant()
    def at_most_one_offer_stands(self) -> None:
        with self.database.reading() as connection:
            query = select(TicketOffer.ticket_id).where(TicketOffer.state == "offered")
            standing = connection.execute(query).scalars().all()
        assert len(standing) == len(set(standing))

    @invariant()
    def resolved_says_what_the_caller_is_told(self) -> None:
        for row in self.rows():
            if row.state == "resolved":
                assert row.outcome
                assert row.resolved_at is not None

    def rows(self) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(Ticket.__table__).order_by(Ticket.id)))

    def event_count(self) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(TicketEvent.id)))


def test_whatever_people_do_the_rules_hold(database: Database) -> None:
    class OnThisDatabase(Histories):
        pass

    OnThisDatabase.database = database
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=25 if database.is_sqlite else 8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
