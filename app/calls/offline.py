"""Turns without the database: the state travels in the action URL, the spool keeps what happened.

Callers still hear menus and policies (they are in memory), can leave a recorded message and reach
the duty telephone. Nothing that needs the database is promised (law L2).
"""

import asyncio

import structlog

from app.calls.facts import CallOrigin
from app.calls.identities import Identities
from app.calls.items import message_item, turn_item
from app.calls.spool import Spool
from app.calls.store import CallPosition
from app.calls.turn import decode_state, take_turn
from app.calls.wiring import Renderer
from app.clock import Clock
from app.flows import engine
from app.flows.context import Articles, Context
from app.flows.effects import OpenTicket
from app.flows.inputs import Input, Recorded, Resumed, Started
from app.flows.live import LiveLibrary
from app.flows.state import State

log = structlog.get_logger()


class Offline:
    """Takes turns from memory and the request alone."""

    def __init__(
        self,
        library: LiveLibrary,
        articles: Articles,
        renderer: Renderer,
        clock: Clock,
        identities: Identities,
        spool: Spool,
    ) -> None:
        self._library = library
        self._articles = articles
        self._renderer = renderer
        self._clock = clock
        self._identities = identities
        self._spool = spool

    async def begin(self, origin: CallOrigin, given: Started) -> str:
        """The first turn of an inbound call."""
        state = engine.begin(self._library.current, "inbound")
        return await self._take(origin, state, 0, given)

    async def advance(
        self,
        origin: CallOrigin,
        node: str,
        step: int,
        given: Input,
        token: str,
        known: CallPosition | None,
    ) -> str:
        """The turn that an action URL names, from its token, this worker's memory or the node."""
        return await self._take(origin, self._state(node, step, token, known), step, given)

    async def resume(self, origin: CallOrigin, key: str, known: CallPosition | None) -> str:
        """A turn somebody else asked for; only possible when this worker remembers the call."""
        if known is None:
            return self._renderer.polite_end(self._library.current.default_language)
        return await self._take(origin, State.from_json(known.state), known.step, Resumed(key))

    async def keep_message(self, origin: CallOrigin, given: Recorded) -> None:
        """Keep a message that was recorded by a safe document. Raises OSError if it cannot."""
        if not given.sid:
            return
        directory = self._library.current.directory
        effect = OpenTicket(
            number=self._identities.ticket_number(),
            source=f"{origin.sid}:voicemail:{given.sid}",
            kind="voicemail",
            category=directory.message_category,
            language=directory.default_language,
            recording_sid=given.sid,
            recording_seconds=given.seconds,
            note="left while the service was not itself",
        )
        item = message_item(origin, effect, self._clock.now())
        await asyncio.to_thread(self._spool.append, item)

    def _state(self, node: str, step: int, token: str, known: CallPosition | None) -> State:
        if token:
            try:
                return decode_state(token)
            except ValueError:
                log.warning("offline.bad_state_token")
        if known is not None and known.step == step:
            return State.from_json(known.state)
        library = self._library.current
        if library.has_node(node):
            return State(node=node, language=library.default_language)
        return engine.begin(library, "inbound")

    async def _take(self, origin: CallOrigin, state: State, step: int, given: Input) -> str:
        context = Context(
            now=self._clock.now(),
            call_sid=origin.sid,
            caller=origin.caller,
            articles=self._articles,
            fresh_number=self._identities.ticket_number(),
            fresh_id=self._identities.random_id(),
            degraded=True,
        )
        library = self._library.current
        turn = take_turn(library, state, given, context, step, self._renderer)
        item = turn_item(origin, turn.write, turn.effects)
        try:
            await asyncio.to_thread(self._spool.append, item)
        except OSError as error:
            # The caller is still served; the provider keeps the recording and we can find it there.
            log.critical("offline.spool_failed", call=origin.sid, step=step, error=str(error))
        return turn.answer
