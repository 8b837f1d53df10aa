"""A county with a telephone network, in which mediations are played without waiting."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from app.calls.facts import CallEnded, CallFacts, ConferenceEvent
from app.calls.telephony import CallOrder, Participant
from app.calls.wiring import Invitation
from app.database import Database
from app.flows.context import MediationFound, MediationLookup
from app.flows.directory import Department, Dialling, Directory, Duty, Entries
from app.flows.effects import (
    AnswerInvitation,
    ConveneMediation,
    EnterFloor,
    LeaveFloor,
    LeaveMediation,
)
from app.jobs import service as jobs
from app.jobs.queries import next_due
from app.jobs.runner import RetryLater, Tools
from app.mediation.controls.service import By, Controls
from app.mediation.jobs import MediationJobs
from app.mediation.models import (
    MediationEvent,
    MediationFloor,
    MediationLeg,
    MediationSession,
)
from app.mediation.queries import Finding
from app.mediation.service import Mediation
from app.tickets.models import Ticket
from app.tickets.numbers import fresh_number
from sqlalchemy import Connection, select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FARMER = "+8613800138000"
MEDIATORS = ["+867451000201", "+867451000202"]
OFFICES = ["+867451000302", "+867451000312"]
SESSION = f"{1:032x}"
DRAFT = "第一条，双方以田埂为界。"
CALLER = "CAcaller"

# Only what mediation looks at; the rest of the directory is none of its business.
DIRECTORY = Directory.model_construct(
    default_language="zh-CN",
    entries=Entries.model_construct(mediator="invitation.lead"),
    dialling=Dialling(),
    duty=Duty(officers=["+867451000101"], mediators=MEDIATORS),
    departments={"agriculture": Department(names={"zh-CN": "农业农村局"}, numbers=OFFICES)},
)


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")

    def pass_seconds(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class Network:
    """A telephone network that does what it is told, or raises what it is told to."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    orders: list[CallOrder] = field(default_factory=list)
    trouble: list[Exception | None] = field(default_factory=list)
    refuse: dict[str, Exception] = field(default_factory=dict)
    present: dict[str, list[str]] = field(default_factory=dict)
    over: dict[str, str] = field(default_factory=dict)
    adjusted: list[dict[str, Any]] = field(default_factory=list)
    before_reply: Callable[[str], None] = lambda _sid: None

    def place_call(self, order: CallOrder) -> str:
        self.orders.append(order)
        self._ask("place_call", order.to)
        sid = f"CA{order.leg}"
        self.before_reply(sid)
        return sid

    def resume_call(self, call_sid: str, key: str) -> None:
        self._ask("resume_call", call_sid, key)

    def hang_up(self, call_sid: str) -> None:
        self._ask("hang_up", call_sid)

    def end_conference(self, name: str) -> None:
        self._ask("end_conference", name)

    def remove_participant(self, name: str, call_sid: str) -> None:
        self._ask("remove_participant", name, call_sid)

    def participants(self, name: str) -> list[Participant]:
        self._ask("participants", name)
        return [Participant(sid) for sid in self.present.get(name, ())]

    def adjust_participant(self, name: str, call_sid: str, **how: Any) -> None:
        self._ask("adjust_participant", name, call_sid)
        self.adjusted.append(how)

    def final_status(self, call_sid: str) -> str:
        self._ask("final_status", call_sid)
        return self.over.get(call_sid, "")

    def _ask(self, *what: str) -> None:
        self.asked.append(what)
        if what[0] in self.refuse:
            raise self.refuse[what[0]]
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None:
            raise trouble

    def rung(self) -> list[str]:
        return [order.to for order in self.orders]

    def done(self, verb: str) -> list[tuple[str, ...]]:
        return [what[1:] for what in self.asked if what[0] == verb]


class World:
    """Plays the webhooks of a mediation and does its jobs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock()
        self.network = Network()
        self.tools = Tools(database, self.network, self.clock)
        identities: Iterator[int] = count(100)
        self.mediation = Mediation(
            lambda: DIRECTORY,
            lambda: f"{next(identities):032x}",
            lambda: fresh_number(lambda _limit: next(identities)),
        )
        self.handlers = MediationJobs(self.mediation).handlers()
        self.controls = Controls(self.mediation, lambda _connection, _session: DRAFT)

    # --- webhooks

    def convene(self, department: str = "agriculture") -> None:
        effect = ConveneMediation(SESSION, department, "zh-CN", records=True)
        self.write(lambda c: self.mediation.convene(c, effect, self.facts(CALLER, FARMER)))

    def invited(self, token: str, sid: str) -> Invitation | None:
        at = self.clock.now()
        return self.write(lambda c: self.mediation.invitation(c, token, sid, at))

    def picks_up(self, role: str) -> str:
        """The telephone last rung for a role is answered; returns its call."""
        leg = self.leg(role)
        sid = f"CA{leg.token}"
        assert self.invited(leg.token, sid) is not None
        return sid

    def answers(self, sid: str, answer: Any) -> None:
        # The flow's own idea of its session and leg is not trusted: its call is what counts.
        effect = AnswerInvitation("a session", "a leg", answer, records=True)
        self.write(lambda c: self.mediation.answer_invitation(c, effect, self.facts(sid)))

    def consents(self, role: str) -> str:
        sid = self.picks_up(role)
        self.answers(sid, "consented")
        return sid

    def leaves(self, sid: str, reason: Any) -> None:
        effect = LeaveMediation(SESSION, "a leg", reason)
        self.write(lambda c: self.mediation.leave(c, effect, self.facts(sid)))

    def ends(self, sid: str, status: str, token: str = "") -> None:
        ended = CallEnded(sid, status, self.clock.now(), token)
        self.write(lambda c: self.mediation.call_ended(c, ended))

    def conference(self, event: str, sid: str = "", sequence: int = 1, name: str = "") -> None:
        name = name or self.floor
        told = ConferenceEvent(name, "CF1", event, sid, sequence, self.clock.now())
        self.write(lambda c: self.mediation.conference_event(c, told))

    def enters(self, sid: str) -> None:
        """A leg's flow sends it to the floor."""
        effect = EnterFloor(SESSION, "a leg", self.floor)
        self.write(lambda c: self.mediation.enter_floor(c, effect, self.facts(sid)))

    def comes_back(self, sid: str, *, steps_out: bool = False) -> None:
        """A leg's flow goes on after the floor."""
        effect = LeaveFloor(SESSION, "a leg", self.floor, steps_out)
        self.write(lambda c: self.mediation.leave_floor(c, effect, self.facts(sid)))

    def controls_do(self, verb: str, *arguments: Any) -> None:
        """The mediator wants something, by the telephone."""
        at = self.clock.now()
        control = getattr(self.controls, verb)
        self.write(lambda c: control(c, *arguments, By(leg_id="a leg"), at))

    def all_consent(self) -> tuple[str, str, str]:
        """Convene, ring, and let everybody consent: the floor may be opened."""
        self.convene()
        self.work()
        calls = (CALLER, self.consents("mediator"), self.consents("department"))
        self.work()
        return calls

    def all_join(self) -> tuple[str, str, str]:
        """As `all_consent`, and everybody comes to the floor that the mediator opens."""
        calls = self.all_consent()
        self.controls_do("open_floor", SESSION)
        for sequence, sid in enumerate(calls, start=1):
            self.enters(sid)
            self.conference("participant-join", sid, sequence)
        self.conference("conference-start", sequence=9)
        self.network.present[self.floor] = list(calls)
        self.work()
        return calls

    # --- jobs

    def work(self, seconds: float = 0) -> None:
        """Let time pass and do all jobs that become due, each at its time."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while True:
            while self._work_once():
                pass
            with self.database.reading() as connection:
                due = next_due(connection)
            if due is None or due > end:
                break
            self.clock.pass_seconds((due - self.clock.now()).total_seconds())
        self.clock.pass_seconds((end - self.clock.now()).total_seconds())

    def _work_once(self) -> bool:
        now = self.clock.now()
        claimed = self.write(lambda c: jobs.claim(c, "worker", now, 1, timedelta(seconds=10)))
        for job in claimed:
            try:
                self.handlers[job.kind](job.payload, self.tools)
            except RetryLater as order:
                due = now + timedelta(seconds=order.seconds)
                self.write(lambda c, job=job, due=due: jobs.retry(c, job, due, "later"))
            else:
                self.write(lambda c, job=job: jobs.finish(c, job, now))
        return bool(claimed)

    # --- what stands in SQL

    @property
    def floor(self) -> str:
        return self.session().floor

    def floors(self) -> list[Any]:
        """All floors, the oldest first."""
        return self.rows(select(MediationFloor.__table__))

    def session(self) -> Any:
        return self.rows(select(MediationSession.__table__))[0]

    def legs(self) -> list[Any]:
        return self.rows(select(MediationLeg.__table__).order_by(MediationLeg.position))

    def leg(self, role: str) -> Any:
        """The leg last rung for a role."""
        return [leg for leg in self.legs() if leg.role == role][-1]

    def states(self) -> dict[str, str]:
        """The state of the last leg of each role."""
        return {leg.role: leg.state for leg in self.legs()}

    def tickets(self) -> list[Any]:
        return self.rows(select(Ticket.__table__))

    def events(self, kind: str) -> list[Any]:
        table = MediationEvent.__table__
        query = select(table).where(table.c.kind == kind).order_by(table.c.id)
        return self.rows(query)

    def found(self, sid: str = CALLER) -> MediationFound | None:
        with self.database.reading() as connection:
            finding = Finding(lambda _connection, _session: DRAFT)
            return finding.find(connection, MediationLookup(SESSION), self.facts(sid))

    def outcome(self) -> tuple[str, str]:
        session = self.session()
        return session.state, session.reason

    def rows(self, query: Any) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(query))

    def facts(self, sid: str, caller: str = "") -> CallFacts:
        return CallFacts(sid, caller, "zh-CN", self.clock.now())

    def write(self, work: Callable[[Connection], Any]) -> Any:
        with self.database.writing() as connection:
            return work(connection)
