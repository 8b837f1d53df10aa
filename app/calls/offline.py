"""Turns without the database: the state travels in the action URL, the spool keeps what happened.

Callers still hear menus and policies (they are in memory), can leave a recorded message and reach
the duty telephone. Nothing that needs the database is promised (law L2).
"""

import structlog

from app.calls.facts import CallOrigin
from app.calls.identities import Identities
from app.calls.items import message_item, turn_item
from app.calls.spool import Spool
from app.calls.store import CallPosition
from app.calls.turn import decode_state, take_turn
from app.calls.wiring import Notices, Renderer, no_notices
from app.clock import Clock
from app.flows import engine
from app.flows.context import Context
from app.flows.effects import OpenTicket
from app.flows.inputs import OFFICER_WAITS, Input, Recorded, Resumed, Started
from app.flows.library import FlowLibrary
from app.flows.state import State
from app.publishing.live import LiveLibrary

log = structlog.get_logger()


class Offline:
    """Takes turns from memory and the request alone."""

    def __init__(
        self,
        library: LiveLibrary,
        renderer: Renderer,
        clock: Clock,
        identities: Identities,
        spool: Spool,
        notices: Notices = no_notices,
    ) -> None:
        self._library = library
        self._renderer = renderer
        self._clock = clock
        self._identities = identities
        self._spool = spool
        self._notices = notices

    async def begin(self, origin: CallOrigin, given: Started, entry: str = "inbound") -> str:
        """The first turn of an inbound call."""
        library = self._library.current
        return await self._take(origin, library, engine.begin(library, entry), 0, given)

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
        library, state = self._place(node, step, token, known)
        return await self._take(origin, library, state, step, given)

    async def resume(self, origin: CallOrigin, key: str, known: CallPosition | None) -> str:
        """A turn somebody else asked for; only possible when this worker remembers the call.

        Raises LookupError when it does not and somebody in charge of an emergency waits.
        """
        if known is None:
            if key == OFFICER_WAITS:  # nobody in danger is hung up on: the safe document rings
                raise LookupError(f"call {origin.sid} is not known here")
            return self._renderer.polite_end(self._library.current.default_language)
        state = State.from_json(known.state)
        library = self._pinned(known.flow_version)
        return await self._take(origin, library, state, known.step, Resumed(key))

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
        await self._spool.keep(item)

    def _place(
        self, node: str, step: int, token: str, known: CallPosition | None
    ) -> tuple[FlowLibrary, State]:
        """Where a call is, in the version it began with as far as that can be told."""
        if token:
            try:
                state, version = decode_state(token)
            except ValueError:
                log.warning("offline.bad_state_token")
            else:
                return self._pinned(version), state
        library = self._pinned(known.flow_version if known else "")
        if known is not None and known.step == step:
            return library, State.from_json(known.state)
        if library.has_node(node):
            return library, State(node=node, language=library.default_language)
        return library, engine.begin(library, "inbound")

    def _pinned(self, version: str) -> FlowLibrary:
        return self._library.version(version) or self._library.current

    async def _take(
        self, origin: CallOrigin, library: FlowLibrary, state: State, step: int, given: Input
    ) -> str:
        context = Context(
            now=self._clock.now(),
            call_sid=origin.sid,
            caller=origin.caller,
            articles=library.articles,
            fresh_number=self._identities.ticket_number(),
            fresh_id=self._identities.random_id(),
            incident_number=self._identities.ticket_number(),
            degraded=True,
            notices=self._notices(self._clock.now()),
        )
        turn = take_turn(library, state, given, context, step, self._renderer)
        item = turn_item(origin, turn.write, turn.effects)
        try:
            await self._spool.keep(item)
        except OSError as error:
            # The caller is still served; the provider keeps the recording and we can find it there.
            log.critical("offline.spool_failed", call=origin.sid, step=step, error=str(error))
        return turn.answer
