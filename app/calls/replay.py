"""Brings the spool back into SQL, once, when the database is there again."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.callbacks import log_acceptance, log_conference, log_recording, log_status
from app.calls.facts import CallFacts, CallOrigin
from app.calls.identities import Identities
from app.calls.items import (
    acceptance_of,
    conference_of,
    facts_of_turn,
    message_of,
    recording_of,
    status_of,
    turn_of,
)
from app.calls.journal import is_away
from app.calls.spool import Item, Spool
from app.calls.wiring import Wiring
from app.calls.writes import (
    AdoptedState,
    CallSeen,
    StepWrite,
    add_event,
    adopt_state,
    ensure_call,
    event_row,
    step_key,
)
from app.clock import Clock
from app.database import Database
from app.flows.effects import Effect, OpenTicket

log = structlog.get_logger()

EVERY_SECONDS = 1.0
LONGEST_AWAY = 5.0  # seconds between two tries while the database is away
ATTEMPTS = 4


class Replay:
    """Replays the spool whenever it holds something and the database answers."""

    def __init__(
        self,
        spool: Spool,
        database: Database,
        wiring: Wiring,
        identities: Identities,
        clock: Clock,
    ) -> None:
        self._spool = spool
        self._database = database
        self._wiring = wiring
        self._identities = identities
        self._clock = clock

    async def run(self) -> None:
        """Look for something to replay, for ever."""
        loop = asyncio.get_running_loop()
        pause = EVERY_SECONDS
        while True:
            await self._clock.sleep(pause)
            is_through = self._spool.is_empty or await loop.run_in_executor(None, self.once)
            pause = EVERY_SECONDS if is_through else min(LONGEST_AWAY, 2 * pause)

    def once(self) -> bool:
        """Replay what can be replayed now; False when the database let nothing through."""
        try:
            done = self._spool.replay(self._apply)
        except BlockingIOError:  # another worker is at it
            return True
        except Exception as error:
            if not is_away(error):
                log.exception("replay.stuck", error=type(error).__name__)
            log.debug("replay.database_away", error=type(error).__name__)
            return False
        log.info("replay.done", items=done)
        return True

    def _apply(self, item: Item) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._database.writing() as connection:
                    self._apply_within(connection, item)
            except self._wiring.settled_by:
                log.info("replay.already_done", kind=item["kind"])
                self._apply_without_effects(item)
                return
            except Exception as error:
                if is_away(error) or attempt == ATTEMPTS:
                    raise
                self._with_fresh_numbers(item)
            else:
                return

    def _apply_within(self, connection: Connection, item: Item) -> None:
        match item["kind"]:
            case "turn":
                self._turn(connection, *turn_of(item))
            case "message":
                self._message(connection, *message_of(item))
            case "status":
                log_status(connection, status_of(item), _received(item), self._wiring)
            case "recording":
                log_recording(connection, recording_of(item), _received(item), self._wiring)
            case "accepted":
                log_acceptance(connection, acceptance_of(item), _received(item), self._wiring)
            case "conference":
                log_conference(connection, conference_of(item), _received(item), self._wiring)
            case kind:
                self._wiring.spooled[kind](connection, item)

    def _apply_without_effects(self, item: Item) -> None:
        with self._database.writing() as connection:
            self._apply_within(connection, item | {"effects": []})

    def _turn(
        self,
        connection: Connection,
        origin: CallOrigin,
        write: StepWrite,
        effects: Sequence[Effect],
    ) -> None:
        seen = CallSeen(origin.sid, origin.direction, origin.caller, origin.called, write.at)
        reached = AdoptedState(write.state, write.node, write.language, write.flow_version)
        adopt_state(connection, seen, write.step + 1, reached)
        if not add_event(connection, event_row(write, step_key(write.step), "step")):
            return
        facts = facts_of_turn(origin, write)
        for effect in effects:
            self._wiring.effects[type(effect)](connection, effect, facts)

    def _message(
        self,
        connection: Connection,
        origin: CallOrigin,
        at: datetime,
        effects: Sequence[Effect],
    ) -> None:
        seen = CallSeen(origin.sid, origin.direction, origin.caller, origin.called, at)
        ensure_call(connection, seen)
        for effect in effects:
            facts = CallFacts(origin.sid, origin.caller, getattr(effect, "language", ""), at)
            self._wiring.effects[type(effect)](connection, effect, facts)

    def _with_fresh_numbers(self, item: Item) -> None:
        """A number that was never spoken may be changed when it turns out to be taken."""
        for effect in item.get("effects", ()):
            if effect["type"] == OpenTicket.__name__:
                effect["number"] = self._identities.ticket_number()


def _received(item: Item) -> datetime:
    return datetime.fromisoformat(item["received"])
