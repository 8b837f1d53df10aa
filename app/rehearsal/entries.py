"""How a call of each entry comes about in a whole service: what is there before, and who dials."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert

from app.calls.facts import CallFacts
from app.calls.outbound.test_calls import ask_for_test_call
from app.calls.screening.service import ban
from app.database import blind_index
from app.exchange.phones.scripted import ScriptedCall, ScriptedPhone
from app.flows.directory import Directory
from app.flows.effects import ConveneMediation
from app.flows.rehearsal.transcript import CALLER, WITHHELD, Scene, TicketThere
from app.people.roster.service import Shift, add_shift
from app.people.staff.models import Staff
from app.rehearsal.county import HOTLINE, Joined
from app.rehearsal.outage import Outage
from app.site_settings.service import change_setting
from app.tickets.callbacks.service import call_back
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, open_ticket, transition
from app.tickets.states import TicketState

STAFF_PHONE = "+8613900000001"
IN_FORCE_SECONDS = 6  # until a change of screening is known everywhere
RUNG_WITHIN = 600.0  # seconds: what is asked for by a sweep waits for two of them
DEADLINE_WITHIN = 2 * 3_600.0  # seconds
HOUR = timedelta(hours=1)

# How a ticket comes to each state.
_WAYS: Mapping[str, tuple[TicketState, ...]] = {
    "new": (),
    "acknowledged": ("acknowledged",),
    "in_progress": ("acknowledged", "in_progress"),
    "waiting": ("acknowledged", "in_progress", "waiting"),
    "resolved": ("acknowledged", "in_progress", "resolved"),
    "closed": ("acknowledged", "in_progress", "resolved", "closed"),
    "reopened": ("acknowledged", "in_progress", "resolved", "reopened"),
}


class Stage:
    """One scene in one county, before its call.

    `inviting` is the call of whoever asked for the mediation that an invited party is rung for.
    """

    def __init__(self, county: Joined, scene: Scene, language: str) -> None:
        self._county = county
        self._transcript = scene.transcript
        self._language = language
        self.outage = Outage(county.service.database)
        self._staff = 0
        self.ticket = ""
        self.inviting: ScriptedCall | None = None

    def prepare(self) -> None:
        """Put telephones at all numbers; somebody works here, and the ticket is there."""
        duty = self._directory.duty
        numbers = {*duty.officers, *duty.mediators, CALLER}
        for department in self._directory.departments.values():
            numbers.update(department.numbers)
        for number in sorted(numbers):
            self._phone(number)
        self._staff = self._employ()
        if self._transcript.ticket is not None:
            self._open(self._transcript.ticket)
        if self._transcript.database == "away":
            self.outage.begin()

    async def place(self) -> ScriptedCall:
        """Place the call, by whatever brings it about; it has been dialled or rings."""
        places: Mapping[str, Callable[[], Awaitable[ScriptedCall]]] = {
            "inbound": self._dial,
            "banned": self._banned,
            "challenge": self._challenged,
            "invitation": self._invited,
            "mediator": self._invited,
            "return_visit": self._visited,
            "call_back": self._called_back,
            "escalation": self._escalated,
            "test_call": self._tested,
        }
        return await places[self._transcript.entry]()

    # A caller who dials

    async def _dial(self) -> ScriptedCall:
        return await self._caller.dial(HOTLINE)

    async def _banned(self) -> ScriptedCall:
        with self._county.service.database.writing() as connection:
            ban(
                connection,
                number=self._transcript.caller,
                reason="rehearsal",
                until=None,
                actor=self._actor,
                at=self._now,
            )
        await self._county.clock.sleep(IN_FORCE_SECONDS)
        return await self._dial()

    async def _challenged(self) -> ScriptedCall:
        with self._county.service.database.writing() as connection:
            change_setting(connection, "challenge", "all", self._actor, self._now)
        await self._county.clock.sleep(IN_FORCE_SECONDS)
        return await self._dial()

    # Somebody whom we ring

    async def _invited(self) -> ScriptedCall:
        """A caller who is in the menu asks for a mediation; one of the invited is rung."""
        caller = self.inviting = await self._dial()
        await caller.waits_for_prompt()
        department = self._transcript.department or next(iter(self._directory.departments))
        session = self._county.service.identities.random_id()
        effect = ConveneMediation(session, department, self._language)
        facts = CallFacts(caller.leg.sid, CALLER, self._language, self._now)
        convene = self._county.service.handlers.calls.effects[ConveneMediation]
        invited = self._phone(self.invited_number)
        self._picks_up(invited)
        with self._county.service.database.writing() as connection:
            convene(connection, effect, facts)
        self._county.service.jobs.wake()
        return await invited.rung()

    async def _visited(self) -> ScriptedCall:
        """The ticket has been resolved: its caller is rung."""
        await self._has_called()
        self._picks_up(self._caller)
        return await self._caller.rung(patience=RUNG_WITHIN)

    async def _called_back(self) -> ScriptedCall:
        await self._has_called()
        with self._county.service.database.writing() as connection:
            token = self._county.service.identities.random_id()
            call_back(connection, self.ticket, self._staff, self._now, token)
        return await self._rings_staff()

    async def _escalated(self) -> ScriptedCall:
        """Somebody is on duty, and nobody takes the ticket before its time is over."""
        department = self._directory.categories[self._category].department
        on_duty = (self._now - HOUR, self._now + 30 * HOUR)
        shift = Shift(self._staff, department, "officer", "primary", *on_duty)
        with self._county.service.database.writing() as connection:
            add_shift(connection, shift, "rehearsal")
        there = self._transcript.ticket
        if there is None or not there.taken:
            return await self._rings_staff(within=DEADLINE_WITHIN)
        rung = await self._rings_staff(answers=False, within=DEADLINE_WITHIN)
        self._move("acknowledged", self._actor)
        await rung.answers()
        return rung

    async def _tested(self) -> ScriptedCall:
        with self._county.service.database.writing() as connection:
            token = self._county.service.identities.random_id()
            ask_for_test_call(connection, self._staff, self._actor, self._now, token)
        return await self._rings_staff()

    async def _has_called(self) -> None:
        """Citizens are rung only after they have called the hotline themselves."""
        call = await self._dial()
        await call.waits_for_prompt()
        await call.hangs_up()

    async def _rings_staff(
        self, *, answers: bool = True, within: float = RUNG_WITHIN
    ) -> ScriptedCall:
        phone = self._phone(STAFF_PHONE)
        if answers:
            self._picks_up(phone)
        return await phone.rung(patience=within)

    def _picks_up(self, phone: ScriptedPhone) -> None:
        if self._transcript.answered_by == "machine":
            phone.is_machine("您好，我现在不在，请留言。")
        else:
            phone.answers()

    # What is there

    @property
    def invited_number(self) -> str:
        """The telephone of the invited party whose call this is."""
        if self._transcript.entry == "mediator":
            return self._directory.duty.mediators[0]
        department = self._transcript.department or next(iter(self._directory.departments))
        return self._directory.departments[department].numbers[0]

    @property
    def _directory(self) -> Directory:
        return self._county.service.library.current.directory

    @property
    def _now(self) -> datetime:
        return self._county.clock.now()

    @property
    def _actor(self) -> str:
        return f"staff:{self._staff}"

    @property
    def _category(self) -> str:
        there = self._transcript.ticket
        return (there and there.category) or self._directory.message_category

    @property
    def _caller(self) -> ScriptedPhone:
        number = self._transcript.caller
        return self._phone("anonymous" if number == WITHHELD else number)

    def _phone(self, number: str) -> ScriptedPhone:
        return self._county.exchange.phone(number)

    def _employ(self) -> int:
        values = {
            "login": "wang",
            "name": "Wang",
            "language": self._language,
            "phone": STAFF_PHONE,
            "phone_index": blind_index(STAFF_PHONE),
            "active": True,
            "created_at": self._now,
        }
        with self._county.service.database.writing() as connection:
            added = insert(Staff).values(**values).returning(Staff.id)
            return int(connection.execute(added).scalar_one())

    def _open(self, there: TicketThere) -> None:
        """Open the ticket and bring it to its state."""
        number = self._county.service.identities.ticket_number()
        appeal = Appeal(
            number=number,
            source=f"rehearsal:{number}",
            kind="appeal",
            category=self._category,
            channel="phone",
            language=self._language,
            caller=self._transcript.caller,
            place=there.place,
            words=there.words,
            confidential=there.sealed,
        )
        with self._county.service.database.writing() as connection:
            open_ticket(connection, appeal, routing_of(self._directory, self._category), self._now)
        self.ticket = number
        wanted = "new" if self._transcript.entry in ("escalation", "call_back") else there.state
        for state in _WAYS[wanted]:
            outcome = there.outcome if state == "resolved" else "rehearsal"
            self._move(state, self._actor, outcome or "rehearsal")

    def _move(self, state: TicketState, actor: str, why: str = "") -> None:
        until = self._now + HOUR if state == "waiting" else None
        with self._county.service.database.writing() as connection:
            transition(connection, self.ticket, state, actor, why, self._now, until=until)
