"""What the other parties of a mediation do: by their own telephones, as people would."""

from asyncio import gather
from collections.abc import Sequence

from app.exchange.phones.scripted import NotHeardError, ScriptedCall
from app.flows.rehearsal.turns import CannotError
from app.mediation.queries import SessionView
from app.rehearsal.county import Joined
from app.rehearsal.records import Records

GREETING = "您好，现在没有人，请在嘀声后留言。"
PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.2
GATHERING = ("inviting", "waiting")
CONSENT, REFUSE, OPEN = "1", "2", "1"


class Parties:
    """The others of one call's mediation. `inviting` is the call of who asked for it, if not it."""

    def __init__(self, county: Joined, records: Records, inviting: ScriptedCall | None) -> None:
        self._county = county
        self._records = records
        self._inviting = inviting
        self.mediator: ScriptedCall | None = None

    async def do(self, what: str) -> None:
        """They do something, and the mediation is decided. Raises CannotError."""
        session = self._records.session()
        if session is None:
            raise CannotError("There is no mediation here.")
        waiting = [leg.role for leg in session.legs if leg.call_sid != self._records.sid]
        try:
            await self._do(what, [role for role in ("mediator", "department") if role in waiting])
        except NotHeardError as error:
            raise CannotError(str(error)) from error
        await self._decided()

    async def _do(self, what: str, roles: Sequence[str]) -> None:
        if what == "leave":
            if self._inviting is None:
                raise CannotError("Nobody but the caller could leave: they are the one who asked.")
            await self._inviting.hangs_up()
        elif what == "are_busy":
            await self._answers("department", CONSENT)
            for number in self._county.service.library.current.directory.duty.mediators:
                phone = self._county.exchange.phone(number)
                phone.is_busy()
                if phone.calls:
                    await phone.calls[-1].rejects()
        else:
            await self._together(what, roles)

    async def _together(self, what: str, roles: Sequence[str]) -> None:
        """All but the last consent, and the last one does what is said of them: all at once."""
        willing = [self._answers(role, CONSENT) for role in roles[:-1]]
        *_, decisive = await gather(*willing, self._decide(what, roles[-1]), return_exceptions=True)
        # Whoever still listened to the notice when all was over is not at fault.
        if isinstance(decisive, Exception):
            raise decisive

    async def _decide(self, what: str, role: str) -> None:
        match what:
            case "consent":
                await self._answers(role, CONSENT)
            case "refuse":
                await self._answers(role, REFUSE)
            case "are_machines":
                await self._is_machine(role)

    async def _answers(self, role: str, key: str) -> None:
        call = await self._rung(role)
        await call.answers()
        await call.waits_for_prompt()
        await call.presses(key)
        if role == "mediator":
            self.mediator = call

    async def _is_machine(self, role: str) -> None:
        number = self._number(role)
        self._county.exchange.phone(number).greeting = GREETING
        call = await self._rung(role)
        await call.answers()
        self._county.exchange.spawn(call.leg.speak(GREETING))

    async def _rung(self, role: str) -> ScriptedCall:
        return await self._county.exchange.phone(self._number(role)).rung()

    def _number(self, role: str) -> str:
        """The telephone that is rung for a role: the last, when an earlier one did not answer."""
        session = self._records.session()
        legs = session.legs if session else ()
        numbers = [leg.number for leg in legs if leg.role == role]
        if not numbers:
            raise CannotError(f"The {role} is not rung in this mediation.")
        return numbers[-1]

    async def _decided(self) -> None:
        """Until the mediator has opened the floor, or the mediation has failed."""
        clock = self._county.clock
        deadline = clock.monotonic() + PATIENCE_SECONDS
        while clock.monotonic() < deadline:
            session = self._records.session()
            if session is None or session.state not in GATHERING:
                return
            await self._open(session)
            await clock.sleep(LOOK_SECONDS)
        raise CannotError("The mediation was neither opened nor given up.")

    async def _open(self, session: SessionView) -> None:
        """Once everybody waits, the mediator presses the key that opens the floor."""
        mediator = self.mediator
        is_ready = all(leg.state == "held" for leg in session.legs if leg.ended_at is None)
        if mediator is not None and is_ready and mediator.listening.ready:
            await mediator.presses(OPEN)
