"""A call's conversation: each webhook is one turn, taken once and answered the same ever after."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from app.calls.breaker import DATABASE_SECONDS, URGENT_SECONDS, Breaker, Budget
from app.calls.callbacks import Callbacks
from app.calls.facts import CallFacts, CallOrigin, ConferenceEvent, RecordingEvent, StatusEvent
from app.calls.journal import DatabaseAwayError, OverloadedError, TooSlowError
from app.calls.offline import Offline
from app.calls.reading import read_within
from app.calls.stepping import Stepping
from app.calls.store import CallPosition, RecentCalls, answer_given, answer_to_step, load_position
from app.calls.turn import Turn, decode_state, turn_of_step
from app.calls.world import World
from app.calls.writes import AdoptedState, CallSeen, StepWrite, adopt_state
from app.flows import engine
from app.flows.inputs import Input, Pressed, Recorded, Resumed, Silent, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.state import State
from app.logs import in_this_context
from app.metrics import counters

log = structlog.get_logger()

T = TypeVar("T")

# A step refused by an effect (its ticket number was taken) is taken again with fresh identities;
# a step that went stale is looked up again. More than a few rounds means that something is wrong.
ATTEMPTS = 4


class Conversation:
    """Takes the turns of all calls of this worker; with the database gone it goes on without."""

    def __init__(
        self,
        world: World,
        offline: Offline,
        callbacks: Callbacks,
        *,
        recent: RecentCalls | None = None,
        is_urgent: bool = False,
    ) -> None:
        """An urgent one waits for the database for less long, and then goes on without."""
        self._world = world
        self._offline = offline
        self._callbacks = callbacks
        self._recent = recent or RecentCalls()
        self._is_urgent = is_urgent
        self._seconds = URGENT_SECONDS if is_urgent else DATABASE_SECONDS
        self._breaker = Breaker(world.clock)

    def for_emergencies(self, world: World, callbacks: Callbacks) -> "Conversation":
        """The same calls in a lane of their own: no other caller's trouble is theirs."""
        return Conversation(world, self._offline, callbacks, recent=self._recent, is_urgent=True)

    async def begin(
        self, origin: CallOrigin, given: Started, *, leg: str = "", entry: str = ""
    ) -> str:
        """The first turn of a call: inbound, or outbound with the one-time token of its leg.

        `entry` is where an inbound call begins when that is known: nobody is screened then.
        """
        return await self._or_offline(
            partial(self._begin, origin, given, leg, entry),
            # A leg that we rang cannot be told what for without the database.
            lambda: (
                self._polite_end()
                if leg
                else self._offline.begin(origin, given, entry or "inbound")
            ),
        )

    async def bind(self, origin: CallOrigin, leg: str) -> None:
        """Bind a call that goes through no flow to what it was placed for."""
        find = self._world.wiring.invitation
        await self._world.journal.do(
            lambda c: find(c, leg, origin.sid, self._now()), within=Budget.start().left
        )

    async def advance(
        self, origin: CallOrigin, node: str, step: int, given: Input, *, state: str = ""
    ) -> str:
        """The turn that a webhook's action URL names. `state` is the token of an offline turn."""
        known = self._recent.get(origin.sid)
        return await self._or_offline(
            partial(self._advance, origin, node, step, given, state),
            lambda: self._offline.advance(origin, node, step, given, state, known),
            may_be_repeated=isinstance(given, Pressed | Spoke | Silent),
        )

    async def resume(self, origin: CallOrigin, key: str) -> str:
        """A turn that somebody else asked for by interrupting the call (REST)."""
        known = self._recent.get(origin.sid)
        return await self._or_offline(
            partial(self._resume, origin, key),
            lambda: self._offline.resume(origin, key, known),
        )

    async def status(self, event: StatusEvent) -> None:
        """Log the progress of a call leg."""
        await self._callbacks.status(event)

    async def accepted(self, origin: CallOrigin) -> bool:
        """Log that somebody whom a call dialled has accepted it; `origin` is of their leg.

        False when somebody else has the caller.
        """
        return await self._callbacks.accepted(origin)

    async def recording(self, event: RecordingEvent) -> None:
        """Log the progress of a recording."""
        await self._callbacks.recording(event)

    async def conference(self, event: ConferenceEvent) -> None:
        """Log an event of a conference."""
        await self._callbacks.conference(event)

    async def keep_message(self, origin: CallOrigin, given: Recorded) -> None:
        """Keep a message recorded when nothing else worked; it becomes a ticket by replay."""
        await self._offline.keep_message(origin, given)

    async def _or_offline(
        self,
        online: Callable[[], Any],
        offline: Callable[[], Any],
        *,
        may_be_repeated: bool = False,
    ) -> str:
        """The turn with the database, or without it.

        Overload is no outage: what may be repeated is asked for again then (OverloadedError).
        """
        if self._breaker.is_closed:
            try:
                with self._world.journal.expecting():
                    answer: str = await online()
            except TooSlowError as error:
                if not self._world.journal.works:
                    self._breaker.trip()
                elif may_be_repeated and not self._is_urgent:
                    raise OverloadedError from error
            except DatabaseAwayError:
                self._breaker.trip()
            else:
                return answer
        counters.OFFLINE_TURNS.inc()
        spoken: str = await offline()
        return spoken

    async def _begin(self, origin: CallOrigin, given: Started, leg: str, entry: str) -> str:
        # What rings others is not hurried: it would be hung up on those who have answered.
        budget = Budget.start(DATABASE_SECONDS if leg else self._seconds)
        variables, language = dict[str, str](), ""
        if not leg:
            entry = entry or await self._entry(origin, budget)
            language = await self._read(
                lambda c: self._world.wiring.language_of(c, origin.caller), budget
            )
        else:
            invitation = await self._world.journal.do(
                lambda c: self._world.wiring.invitation(c, leg, origin.sid, self._now()),
                within=budget.left,
            )
            if invitation is None:
                log.warning("call.unknown_leg", call=origin.sid)
                return await self._polite_end()
            entry, variables = invitation.entry, dict(invitation.variables)
            language = invitation.language
        library = self._world.library.current
        state = engine.begin(library, entry, language, variables)
        position = CallPosition(origin.sid, origin.caller, library.version, state.to_json(), 0)
        seen = CallSeen(
            origin.sid,
            origin.direction,
            origin.caller,
            origin.called,
            self._now(),
            origin.parent_sid or None,
        )
        return await self._take(origin, position, given, budget, seen)

    async def _entry(self, origin: CallOrigin, budget: Budget) -> str:
        """Where an inbound call begins: at the menus, unless its caller is screened."""
        now = self._now()
        if not self._world.screening.must_look(now):
            return "inbound"
        look = partial(self._world.screening.entry, caller=origin.caller, at=now)
        entry = await self._read(look, budget)
        return entry if getattr(self._world.library.current.directory.entries, entry) else "inbound"

    async def _advance(
        self, origin: CallOrigin, node: str, step: int, given: Input, token: str
    ) -> str:
        budget = Budget.start(self._seconds)
        position = await self._position(origin.sid, step, budget)
        if token and (position is None or position.step < step):
            position = await self._adopt(origin, step, token, budget)
        if position is None or not position.state:
            log.info("call.unknown", call=origin.sid)
            return await self._polite_end()
        if step < position.step:
            return await self._answer_again(origin.sid, step, budget)
        if step > position.step:
            # A step was answered and then lost with its database: go on where the caller is.
            log.warning("call.ahead_of_database", call=origin.sid, step=step)
            language = State.from_json(position.state).language
            state = State(node=node, language=language)
            version = position.flow_version
            position = await self._adopt_state(origin, step, state, version, budget)
        return await self._take(origin, position, given, budget)

    async def _resume(self, origin: CallOrigin, key: str) -> str:
        budget = Budget.start()
        event_key = f"resume:{key}"
        given_before = await self._read(lambda c: answer_given(c, origin.sid, event_key), budget)
        if given_before is not None:
            return given_before
        position = await self._read(lambda c: load_position(c, origin.sid), budget)
        if position is None or not position.state:
            return await self._polite_end()
        return await self._take(origin, position, Resumed(key), budget, also_key=event_key)

    async def _take(
        self,
        origin: CallOrigin,
        position: CallPosition,
        given: Input,
        budget: Budget,
        seen: CallSeen | None = None,
        also_key: str = "",
    ) -> str:
        """Take a turn at a position and write it; on a conflict look again."""
        refusal: Exception | None = None
        for _ in range(ATTEMPTS):
            turn = await self._turn(position, given, budget)
            turn.write.seen = seen
            turn.write.also_key = also_key
            turn.write.consequences = self._consequences(turn)
            try:
                written = await self._world.journal.write_step(turn.write, within=budget.left)
            except DatabaseAwayError:
                self._recent.forget(origin.sid)
                raise
            except Exception as error:  # an effect refused: fresh identities may help
                refusal = error
                log.warning("call.step_refused", call=origin.sid, error=repr(type(error)))
                continue
            if written:
                self._remember(position, turn)
                return turn.answer
            self._recent.forget(origin.sid)
            if not also_key:
                return await self._answer_again(origin.sid, position.step, budget)
            position = await self._reload(origin.sid, budget)
        raise RuntimeError(f"step {position.step} was refused {ATTEMPTS} times") from refusal

    async def _turn(self, position: CallPosition, given: Input, budget: Budget) -> Turn:
        library, state, given = await self._place(position, given, budget)
        facts = CallFacts(position.sid, position.caller, state.language, self._now())
        stepping = Stepping(self._world, library, facts, budget)
        taken, context = await stepping.take(state, given, position.step)
        return turn_of_step(
            taken, library, state, given, context, position.step, self._world.renderer
        )

    async def _place(
        self, position: CallPosition, given: Input, budget: Budget
    ) -> tuple[FlowLibrary, State, Input]:
        """The library a call is pinned to, and its state there.

        When that version is gone: the same-named node in the present one, else the beginning (L6).
        """
        state = position.reached or State.from_json(position.state)
        pinned = self._world.library.version(position.flow_version)
        if pinned is None:
            pinned = await self._world.archive.fetch(position.flow_version, budget.left)
        library = pinned or self._world.library.current
        if library.has_node(state.node):
            return library, state, given
        return library, engine.begin(library, "inbound", state.language), Started()

    def _consequences(self, turn: Turn) -> list[Callable[[Connection], None]]:
        # The journal's thread carries them out; what they log is still of this call.
        return [
            in_this_context(
                partial(_carry_out, self._world.wiring.effects[type(effect)], effect, turn.facts)
            )
            for effect in turn.effects
        ]

    def _remember(self, position: CallPosition, turn: Turn) -> None:
        write: StepWrite = turn.write
        self._recent.put(
            CallPosition(
                position.sid,
                position.caller,
                write.flow_version,
                write.state,
                write.step + 1,
                turn.after,
            )
        )

    async def _position(self, sid: str, step: int, budget: Budget) -> CallPosition | None:
        recent = self._recent.get(sid)
        if recent is not None and recent.step == step:
            return recent
        return await self._read(lambda c: load_position(c, sid), budget)

    async def _reload(self, sid: str, budget: Budget) -> CallPosition:
        position = await self._read(lambda c: load_position(c, sid), budget)
        if position is None:
            raise RuntimeError("the call vanished while it was being written")
        return position

    async def _adopt(
        self, origin: CallOrigin, step: int, token: str, budget: Budget
    ) -> CallPosition | None:
        try:
            state, version = decode_state(token)
        except ValueError:
            log.warning("call.bad_state_token", call=origin.sid)
            return None
        return await self._adopt_state(origin, step, state, version, budget)

    async def _adopt_state(
        self, origin: CallOrigin, step: int, state: State, version: str, budget: Budget
    ) -> CallPosition:
        """Bring a call that went on without the database back into it, on its own version."""
        version = version or self._world.library.current.version
        reached = AdoptedState(state.to_json(), state.node, state.language, version)
        seen = CallSeen(origin.sid, origin.direction, origin.caller, origin.called, self._now())
        await self._world.journal.do(
            lambda c: adopt_state(c, seen, step, reached), within=budget.left
        )
        return CallPosition(origin.sid, origin.caller, version, reached.state, step)

    async def _answer_again(self, sid: str, step: int, budget: Budget) -> str:
        answer = await self._read(lambda c: answer_to_step(c, sid, step), budget)
        if answer is None:
            # It was answered offline and its spool is not replayed yet.
            log.info("call.answer_not_replayed_yet", call=sid, step=step)
            return await self._polite_end()
        return answer

    async def _read(self, query: Callable[[Connection], T], budget: Budget) -> T:
        return await read_within(self._world.database, query, budget, self._world.threads)

    async def _polite_end(self) -> str:
        return self._world.renderer.polite_end(self._world.library.current.default_language)

    def _now(self) -> Any:
        return self._world.clock.now()


def _carry_out(
    handler: Callable[[Connection, Any, CallFacts], None],
    effect: Any,
    facts: CallFacts,
    connection: Connection,
) -> None:
    handler(connection, effect, facts)
