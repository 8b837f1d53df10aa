"""Members of the staff who sit at their telephone in the browser."""

import asyncio
from contextlib import suppress
from typing import Any

from app.exchange.phones.scripted import ScriptedCall, ScriptedPhone
from app.people.presence import service as presence
from app.people.presence.address import client_of
from app.people.presence.queries import BEAT_SECONDS
from app.softphone import outgoing, supervision, talking
from app.softphone.store import open_leg_of
from tests.people.roster.test_roster import employ
from tests.stories.county import County

PAGE = "page"


class Agent:
    """Somebody whose page is open; it beats until it is closed or dies."""

    def __init__(self, county: County, login: str, *, ready: bool = True) -> None:
        self.county = county
        self.id = employ(county.service.database, login)
        self.phone: ScriptedPhone = county.exchange.phone(client_of(self.id))
        self.do(presence.open_telephone, PAGE, at_desk=True)
        if ready:
            self.says("ready")
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    def do(self, verb: Any, *given: Any, **more: Any) -> Any:
        """A verb of theirs, now: those of the console's own routes."""
        with self.county.service.database.writing() as connection:
            done = verb(connection, self.id, *given, self.county.clock.now(), **more)
        self.county.service.jobs.wake()
        return done

    def says(self, state: str) -> None:
        """They are ready, away, or writing up."""
        self.do(presence.say, state)

    async def picks_up(self) -> ScriptedCall:
        """The next call that rings their browser is answered."""
        rung = await self.phone.rung()
        await self.county.clock.sleep(1)
        await rung.answers()
        await rung.is_connected()
        return rung

    async def puts_down(self, call: ScriptedCall) -> None:
        """They end a call on purpose: the page says so first."""
        self.do(talking.put_down)
        await call.hangs_up()

    def holds(self, *, held: bool = True) -> None:
        """The citizen is put on hold, or back."""
        self.do(talking.hold, f"room-{self.id}", held=held)

    def transfers(self, target: str, *, blind: bool) -> None:
        """A colleague is asked into the talk."""
        self.do(self.county.service.handlers.transfers.transfer, target, blind=blind)

    async def connects(self) -> ScriptedCall:
        """Their browser does what it is asked to: it connects with the token of its leg."""
        with self.county.service.database.reading() as connection:
            leg = open_leg_of(connection, self.id)
        assert leg is not None
        (application,) = self.county.exchange.applications
        return await self.phone.dial(
            "", application_sid=application, parameters=(("Leg", leg.token),)
        )

    def dials(self, number: str, ticket: str = "") -> None:
        """They ask to ring a citizen."""
        gateway = self.county.service.tools.gateway
        with self.county.service.database.writing() as connection:
            at = self.county.clock.now()
            outgoing.dial(
                connection, gateway, self.id, number, ticket, "zh-CN", f"leg-{self.id}-{at}", at
            )

    def supervises(self, talk: int, mode: str) -> None:
        """They come into the talk of another."""
        token = f"supervisor-{self.id}-{talk}"
        with self.county.service.database.writing() as connection:
            supervision.supervise(connection, self.id, talk, mode, token, self.county.clock.now())
        self.county.service.jobs.wake()

    def dies(self) -> None:
        """Their browser is gone, without a word."""
        self._beating.cancel()

    async def _beat(self) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                await self.county.clock.sleep(BEAT_SECONDS)
                self.do(presence.beat, PAGE)
