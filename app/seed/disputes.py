"""A dozen made-up dispute cases: held, settled, given up, and one planned for tomorrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Literal

from pydantic import TypeAdapter
from ruamel.yaml import YAML
from sqlalchemy import Connection

from app.calls.facts import CallFacts, ConferenceEvent
from app.flows.effects import AnswerInvitation, EnterFloor, LeaveMediation
from app.flows.hours import COUNTY_TIME
from app.main import Service
from app.mediation.cases import agreements, minutes, parties, queries, service
from app.mediation.cases.agreements import Draft
from app.mediation.cases.door import make_pin
from app.mediation.cases.opening import Opener, open_from_ticket
from app.mediation.cases.parties import Party
from app.mediation.cases.planning import Wish
from app.mediation.cases.seats import find_sitting
from app.mediation.cases.states import USUAL_FOLLOW_UP, county_day
from app.mediation.controls.service import By
from app.mediation.store import load
from app.seed.cast import PHONE_BLOCK, County, Strict
from app.seed.lives import Worker
from app.tickets.lists.rows import WholeTicket
from app.tickets.models import Ticket
from app.tickets.seal.sight import Viewer

MOST = 12
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
OFFICE_OPENS = 9  # the first hour of a session


class DisputeStory(Strict):
    """What one dispute is about, and how it is settled."""

    subject: str
    facts: str
    matters: str
    terms: str
    performance: str
    outcome: str


class Stories(Strict):
    """The file."""

    land: list[DisputeStory]
    housing: list[DisputeStory]
    remarks: str
    failed: str
    withdrawn: str
    followed_up: str

    def of(self, category: str) -> list[DisputeStory]:
        """Those of a category."""
        return self.housing if category == "housing" else self.land


@lru_cache(maxsize=1)
def stories() -> Stories:
    """The stories of the file."""
    source = YAML(typ="safe").load(Path(__file__).with_name("disputes.yaml"))
    return TypeAdapter(Stories).validate_python(source)


@dataclass(frozen=True, slots=True)
class _Case:
    """A case that is being lived."""

    id: int
    story: DisputeStory
    opened_at: datetime


class DisputePlayer:
    """Plays the cases by the verbs of a mediator, each at its time."""

    def __init__(
        self, service: Service, made_up: County, mediator: Worker, chance: Random, now: datetime
    ) -> None:
        self._service = service
        self._county = made_up
        self._mediator = mediator
        self._chance = chance
        self._now = now

    @property
    def _actor(self) -> str:
        return f"staff:{self._mediator.staff_id}"

    def play(self, connection: Connection) -> None:
        """All of them, spread over the time there is."""
        tickets = self._tickets(connection)
        for number, ticket in enumerate(tickets):
            case = self._open(connection, ticket, number)
            left = len(tickets) - number
            if left == 1:
                self._plan(connection, case)
            elif left > 2:
                self._live(connection, case, number)

    def _tickets(self, connection: Connection) -> Sequence[WholeTicket]:
        """A dozen about land and housing, the oldest first."""
        query = WholeTicket.query().where(
            Ticket.category.in_(("land", "housing")),
            Ticket.kind == "appeal",
            Ticket.confidential.is_(False),
            Ticket.merged_into_id.is_(None),
            Ticket.caller != "",
        )
        rows = connection.execute(query.order_by(Ticket.opened_at)).all()
        viewer = Viewer(self._mediator.staff_id)
        found = [one for one in WholeTicket.all_shown(rows, viewer) if one.caller.startswith("+")]
        step = max(1, len(found) // MOST)
        return found[::step][-MOST:]

    def _open(self, connection: Connection, ticket: WholeTicket, number: int) -> _Case:
        at = min(ticket.opened_at + AN_HOUR, self._now)
        opener = Opener(
            self._service.identities.ticket_number(), self._actor, self._mediator.staff_id, at
        )
        directory = self._service.library.current.directory
        case_id = open_from_ticket(connection, ticket, directory, opener)
        story = self._chance.choice(stories().of(ticket.category))
        facts = service.Facts(
            story.subject, ticket.category, ticket.department, self._mediator.staff_id
        )
        service.amend(connection, case_id, facts, self._actor, at)
        name = self._chance.choice(self._county.surnames) + self._chance.choice(self._county.given)
        respondent = Party(
            role="respondent",
            name=name,
            phone=f"{PHONE_BLOCK}{9800 + number}",
            language="zh-CN",
            ethnicity="汉族",
            address=self._chance.choice(self._county.villages),
        )
        parties.add_party(connection, case_id, respondent, self._actor, at)
        return _Case(case_id, story, at)

    def _live(self, connection: Connection, case: _Case, number: int) -> None:
        """One or two sessions, and the end, as far as there was time for them."""
        at = self._hour(case.opened_at + A_DAY * self._chance.randint(1, 3))
        if number % 6 == 5:
            self._give_up(connection, case, number // 6, at)
            return
        for _ in range(1 + number % 2):
            if at >= self._now:
                return
            self._hold(connection, case, at)
            at = self._hour(at + A_DAY * self._chance.randint(2, 4))
        ends = at - A_DAY
        if ends < self._now:
            self._settle(connection, case, ends)

    def _hold(self, connection: Connection, case: _Case, at: datetime) -> None:
        """A session at which everybody came, spoke for a while, and which was minuted."""
        chosen = self._citizens(connection, case)
        wish = Wish(case_id=case.id, pins=dict.fromkeys(chosen), planned_at=at, actor=self._actor)
        disputes = self._service.handlers.disputes
        sitting = disputes.planning.begin(connection, wish, at)
        disputes.summons.summon(connection, sitting, 0, self._actor, at)
        session_id = find_sitting(connection, sitting).session_id or ""
        session = load(connection, session_id)
        assert session is not None
        then = at
        for leg in session.legs:
            then += timedelta(seconds=self._chance.randint(8, 30))
            self._come(connection, leg.token, then)
        ended = then + timedelta(minutes=self._chance.randint(14, 45))
        self._speak(connection, session_id, then + timedelta(seconds=12), ended)
        minutes.write_remarks(connection, sitting, stories().remarks, self._actor, ended)
        minutes.sign(connection, sitting, self._actor, ended + AN_HOUR)

    def _speak(
        self, connection: Connection, session_id: str, begins: datetime, ends: datetime
    ) -> None:
        """The mediator opens the floor, everybody speaks, and the mediator ends it."""
        controls, by = self._service.handlers.mediation_controls, By(self._mediator.staff_id)
        controls.open_floor(connection, session_id, by, begins)
        session = load(connection, session_id)
        assert session is not None
        wiring = self._service.handlers.calls
        calls = [leg.call_sid or "" for leg in session.legs]
        for order, sid in enumerate(calls, start=1):
            facts = CallFacts(sid, "", "zh-CN", begins + timedelta(seconds=order))
            wiring.effects[EnterFloor](connection, EnterFloor("", "", session.floor), facts)
        started = begins + timedelta(seconds=2)
        event = ConferenceEvent(session.floor, "CF", "conference-start", "", 1, started)
        wiring.conference[0](connection, event)
        controls.end(connection, session_id, by, ends)
        for sid in calls:
            facts = CallFacts(sid, "", "zh-CN", ends + timedelta(seconds=2))
            wiring.effects[LeaveMediation](connection, LeaveMediation("", "", "ended"), facts)

    def _come(self, connection: Connection, token: str, at: datetime) -> None:
        """Somebody answers and consents."""
        wiring = self._service.handlers.calls
        sid = f"CA{self._service.identities.random_id()}"
        wiring.invitation(connection, token, sid, at)
        effect = AnswerInvitation("", "", "consented")
        later = at + timedelta(seconds=7)
        wiring.effects[AnswerInvitation](connection, effect, CallFacts(sid, "", "zh-CN", later))

    def _settle(self, connection: Connection, case: _Case, at: datetime) -> None:
        story, actor = case.story, self._actor
        draft = Draft(
            facts=story.facts, matters=story.matters, terms=story.terms,
            performance=story.performance, copies=3, recorder="张晓雯",
        )  # fmt: skip
        agreements.write_draft(connection, case.id, draft, 0, actor, at)
        asked = county_day(at) + USUAL_FOLLOW_UP
        service.settle(connection, case.id, story.outcome, asked, actor, at + AN_HOUR)
        signed = at + A_DAY
        if signed < self._now:
            service.take_effect(connection, case.id, county_day(signed), actor, signed)
        called = datetime.combine(asked, time(10), COUNTY_TIME)
        if called < self._now - 2 * A_DAY:
            service.followed_up(connection, case.id, True, stories().followed_up, actor, called)

    def _give_up(self, connection: Connection, case: _Case, number: int, at: datetime) -> None:
        if at < self._now:
            how: Literal["failed", "withdrawn"] = "failed" if number % 2 else "withdrawn"
            why = getattr(stories(), how)
            service.give_up(connection, case.id, how, why, self._actor, at)

    def _plan(self, connection: Connection, case: _Case) -> None:
        """The newest case has an appointment for tomorrow."""
        chosen = self._citizens(connection, case)
        random_id = self._service.identities.random_id
        pins = {one: make_pin(position, random_id) for position, one in enumerate(chosen, 1)}
        at = self._hour(self._now + A_DAY)
        wish = Wish(case_id=case.id, pins=pins, planned_at=at, actor=self._actor)
        self._service.handlers.disputes.planning.plan(connection, wish, self._now)

    def _citizens(self, connection: Connection, case: _Case) -> list[int]:
        return [one.id for one in queries.parties_of(connection, case.id) if one.phone]

    def _hour(self, at: datetime) -> datetime:
        """An hour of the office on that day."""
        local = at.astimezone(COUNTY_TIME)
        hour = OFFICE_OPENS + self._chance.randint(0, 7)
        return local.replace(hour=hour, minute=30, second=0, microsecond=0)
