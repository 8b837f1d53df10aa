"""A dispute case, and what may be done with it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.calls.facts import CallFacts
from app.flows.context import SeatDoorLookup, SeatLookup
from app.flows.effects import MissSeatPin, TakeSeat
from app.jobs.models import Job
from app.mediation.cases import parties, queries, service
from app.mediation.cases.door import Pin, make_pin
from app.mediation.cases.models import DisputeSitting
from app.mediation.cases.parties import Party
from app.mediation.cases.planning import Wish
from app.messages.models import Message
from sqlalchemy import select
from tests.fixtures.office import NOON, Office

MINE, THEIRS = "+8613874500001", "+8613874500002"
AT = NOON + timedelta(days=2, hours=3)  # three in the afternoon


@dataclass
class Dispute:
    """A case with two sides, and what may be done with it."""

    office: Office
    id: int
    number: str

    @property
    def disputes(self) -> Any:
        return self.office.service.handlers.disputes

    def write(self, work: Any) -> Any:
        with self.office.database.writing() as connection:
            return work(connection)

    def rows(self, table: Any) -> Sequence[Any]:
        with self.office.database.reading() as connection:
            return connection.execute(select(table.__table__).order_by(table.id)).all()

    def plan(self, at: datetime = AT) -> list[Pin]:
        """Plan a session of both sides; their PINs."""
        with self.office.database.reading() as connection:
            people = [party.id for party in queries.parties_of(connection, self.id)]
        random_id = self.office.service.identities.random_id
        pins = {one: make_pin(n, random_id) for n, one in enumerate(people, start=1)}
        wish = Wish(case_id=self.id, pins=pins, planned_at=at, actor="staff:1")
        now = self.office.clock.now()
        self.write(lambda c: self.disputes.planning.plan(c, wish, now))
        return list(pins.values())

    def summon(self, at: datetime = AT, actor: str = "system") -> str:
        """The hour of the latest session has come."""
        sitting = self.rows(DisputeSitting)[-1]
        return str(
            self.write(
                lambda c: self.disputes.summons.summon(c, sitting.id, sitting.moves, actor, at)
            )
        )

    def texts(self, words: str) -> list[str]:
        return [row.number for row in self.rows(Message) if words in row.body]

    def door(self, pin: str, caller: str = MINE, case: str = "", at: datetime = AT) -> Any:
        """What the door says; a wrong PIN is counted."""
        lookup = SeatDoorLookup(case or self.number, pin)
        facts = CallFacts("CA1", caller, "zh-CN", at)
        with self.office.database.reading() as connection:
            found = self.disputes.summons.at_the_door(connection, lookup, facts)
        if found.state == "wrong":
            effect = MissSeatPin(lookup.case)
            self.write(lambda c: self.disputes.summons.miss_pin(c, effect, facts))
        return found

    def sits(self, pin: str, sid: str, at: datetime, caller: str = MINE) -> str:
        """Somebody dials in and takes their seat; its id."""
        seat = str(self.door(pin, caller, at=at).seat)
        effect, facts = TakeSeat(self.number, seat), CallFacts(sid, caller, "zh-CN", at)
        self.write(lambda c: self.disputes.summons.take_seat(c, effect, facts))
        return seat

    def looks(self, seat: str, sid: str) -> Any:
        facts = CallFacts(sid, MINE, "zh-CN", AT)
        with self.office.database.reading() as connection:
            return self.disputes.summons.find_seat(connection, SeatLookup(seat), facts)

    def does(self, kind: str, at: datetime) -> None:
        """Do the jobs of a kind that are due by an instant."""
        handler = self.office.service.handlers.jobs[kind]
        self.office.clock.at = at
        for job in self.rows(Job):
            if job.kind == kind and job.due_at <= at:
                handler(json.loads(job.payload), self.office.service.tools)


def open_dispute(office: Office) -> Dispute:
    """张三 against 李四, mediated by somebody with a telephone."""
    mediator = office.hire("mediator", phone="+8613900000009")
    matter = service.Matter(
        number="12345674", source="test", kind="land", department="agriculture",
        mediator_id=mediator, first_call_at=NOON - timedelta(days=1), subject="两分地",
    )  # fmt: skip
    with office.database.writing() as connection:
        case_id, _ = service.open_case(connection, matter, "staff:1", NOON)
        for role, name, phone, language in (
            ("applicant", "张三", MINE, "zh-CN"), ("respondent", "李四", THEIRS, "en-US"),
        ):  # fmt: skip
            party = Party(role=role, name=name, phone=phone, language=language)  # type: ignore[arg-type]
            parties.add_party(connection, case_id, party, "staff:1", NOON)
    return Dispute(office, case_id, matter.number)
