"""What the mediator of a schedule does, by the keys of the telephone and in the console."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.bench.mediation.people import Telephone
from app.bench.mediation.schedule import OFFICES, Deed, Schedule
from app.database import Database
from app.exchange.callbacks import NOBODY
from app.exchange.clock import Clock
from app.mediation import store
from app.mediation.controls.errors import ControlError
from app.mediation.controls.service import By, Controls
from app.mediation.models import MediationSession
from app.mediation.states import ENDED, parties_of
from app.mediation.summoning import Summoned

KEYS = {
    "open": "1", "alone": "2{}", "hold": "3{}", "mute": "4{}", "mute_all": "40", "out": "6{}",
    "record": "7", "read": "81", "vote": "82", "extend": "9", "who": "#", "add": "513#",
}  # fmt: skip
PATIENCE_SECONDS = 25.0
DRAFT = "第一条，双方以田埂为界。第二条，互不追究。"


class Leading:
    """Leads one session from its opening to its end."""

    def __init__(
        self,
        schedule: Schedule,
        session_id: str,
        database: Database,
        clock: Clock,
        controls: Controls,
        telephones: dict[str, Telephone],
        committed: Callable[[], None],
    ) -> None:
        self._schedule = schedule
        self._session_id = session_id
        self._database = database
        self._clock = clock
        self._controls = controls
        self._telephones = telephones
        self._committed = committed

    async def lead(self) -> None:
        """Wait for parties, open the floor, do what the schedule says, and end it."""
        if not await self._has_come():
            return
        await self._press("open")
        for deed in self._schedule.deeds:
            await self._clock.sleep(deed.after)
            if self._telephone() is None:
                break
            if deed.by_key:
                await self._press(deed.what, deed.party)
            else:
                self.click(deed)
            if deed.by_key and deed.party > 2:
                await self._press("open")
        await self._end()

    async def _has_come(self) -> bool:
        """Until the floor may be opened or nothing comes of it."""
        for _ in range(60):
            session = self._session()
            if session is not None and session.state in ENDED:
                return False
            with suppress(ControlError):
                self._do(lambda c, at: self._controls.write_draft(
                    c, self._session_id, DRAFT, By(), at
                ))  # fmt: skip
                there = [leg for leg in session.legs if leg.state == "held"] if session else []
                if len(there) > 1 and any(leg.role == "mediator" for leg in there):
                    return True
            await self._clock.sleep(3)
        return False

    async def _end(self) -> None:
        telephone = self._telephone()
        if self._schedule.end == "end":
            self.click(Deed(0, "end", by_key=False, party=1))
        elif telephone is not None and telephone.leg is not None:
            if self._schedule.end == "crash":
                telephone.leg.progress = NOBODY  # it dies, and nobody is told of it
            telephone.leg.hang_up()

    # --- by key

    async def _press(self, what: str, party: int = 1) -> None:
        """Leave the floor for the menu, and press the keys of a control there, each at its turn."""
        telephone = self._telephone()
        leg = telephone.leg if telephone else None
        if telephone is None or leg is None:
            return
        if leg.room is not None:
            leg.press("*")
        for number, key in enumerate(KEYS[what].format(party)):
            typing = number > 1  # digits of a number are typed without waiting
            if not typing and not await telephone.its_turn(leg, PATIENCE_SECONDS):
                return
            await self._clock.sleep(0.1)
            leg.press(key)
            await self._clock.sleep(0.3)

    # --- in the console

    def click(self, deed: Deed) -> None:
        """One control of the console; what cannot be done now is refused."""
        session = self._session()
        if session is None:
            return
        parties = parties_of(session.legs)
        leg = parties[(deed.party - 1) % len(parties)].id if parties else ""
        controls, by, here = self._controls, By(), self._session_id
        verbs: dict[str, Callable[[Connection, datetime], Any]] = {
            "open_floor": lambda c, at: controls.open_floor(c, here, by, at),
            "close_floor": lambda c, at: controls.close_floor(c, here, by, at),
            "speak_alone": lambda c, at: controls.speak_alone(c, leg, by, at),
            "put_aside": lambda c, at: controls.put_aside(c, leg, True, by, at),
            "take_back": lambda c, at: controls.put_aside(c, leg, False, by, at),
            "mute": lambda c, at: controls.mute(c, leg, True, by, at),
            "mute_all": lambda c, at: controls.mute_all(c, here, True, by, at),
            "remove": lambda c, at: controls.remove(c, leg, by, at),
            "redial": lambda c, at: controls.redial(c, leg, by, at),
            "add": lambda c, at: controls.add(c, here, self._another(), by, at),
            "record": lambda c, at: controls.record(c, here, True, by, at),
            "stop_recording": lambda c, at: controls.record(c, here, False, by, at),
            "read": lambda c, at: controls.poll(c, here, "read", by, at),
            "vote": lambda c, at: controls.poll(c, here, "yes", by, at),
            "talk_on": lambda c, at: controls.let_talk_on(c, here, True, by, at),
            "coach": lambda c, at: controls.coach(c, here, leg, by, at),
            "extend": lambda c, at: controls.extend(c, here, 30, by, at),
            "end": lambda c, at: controls.end(c, here, by, at),
        }
        with suppress(ControlError):
            self._do(verbs[deed.what])

    def _another(self) -> Summoned:
        return Summoned("interpreter", OFFICES[-1], language="en-US")

    def _do(self, verb: Callable[[Connection, datetime], Any]) -> None:
        with self._database.writing() as connection:
            verb(connection, self._clock.now())
        self._committed()

    def _session(self) -> store.Session | None:
        with self._database.reading() as connection:
            return store.load(connection, self._session_id, lock=False)

    def _telephone(self) -> Telephone | None:
        """The telephone of the mediator who leads now."""
        session = self._session()
        legs = session.legs if session else ()
        numbers = [leg.number for leg in legs if leg.role == "mediator" and leg.state
                   in ("held", "on_floor")]  # fmt: skip
        return self._telephones[numbers[-1]] if numbers else None


def sessions_since(database: Database, start: datetime) -> list[str]:
    """The sessions that were begun since an instant."""
    query = select(MediationSession.id).where(MediationSession.created_at >= start)
    with database.reading() as connection:
        return list(connection.execute(query).scalars())
