"""Made-up calls, through the real flow: what callers press and say, and what they hear."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection

from app.calls.callbacks import log_acceptance, log_recording, log_status
from app.calls.facts import CallFacts, CallOrigin, RecordingEvent, StatusEvent
from app.calls.gateway.store import Wish, keep
from app.calls.identities import Identities
from app.calls.transcripts.sounds import sounds_of
from app.calls.turn import Turn, turn_of_step
from app.calls.wiring import Renderer, Wiring
from app.calls.writes import CallSeen, write_steps
from app.flows import engine
from app.flows.context import Context
from app.flows.effects import OpenTicket
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Silent, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.state import State
from app.seed.cast import County
from app.seed.plan import Contact

SUBJECTS = ("support", "housing", "land", "utilities")  # keys 1 to 4 of the appeal; 5 is other
RINGS = timedelta(seconds=7)
FUMBLED_SHARE = 0.12  # of those who find their way in the end
MOST_FUMBLES, TRYING_SHARE = 2, 0.8  # of those who do not
STARTS_WITH = 6  # seconds of greeting before the first key
LISTENS = 6  # seconds in which somebody is told something and says nothing


@dataclass(frozen=True, slots=True)
class Played:
    """A call that was played: its SID, the ticket it opened (if any), and when it ended."""

    sid: str
    ticket: str
    ended_at: datetime


def keys_of(
    contact: Contact, chance: Random, county: County, fresh_id: Callable[[], str], number: str
) -> list[tuple[int, Input]]:
    """What the caller does: seconds after the step before, and the input."""
    brought = _brought(contact, chance, county, fresh_id, number)
    # A chance of its own: how somebody fumbles changes nothing of what others do.
    own = Random(contact.at.timestamp())  # noqa: S311 - made-up people, not secrets
    if contact.kind == "abandoned":
        return _fumbling(own, county, MOST_FUMBLES) if chance.random() < TRYING_SHARE else []
    begun = _fumbling(own, county, 1) if own.random() < FUMBLED_SHARE else []
    return [*begun, *brought]


def _fumbling(chance: Random, county: County, most: int) -> list[tuple[int, Input]]:
    """What somebody does who finds no way: nothing, a key that is none, words that mean nothing."""
    tries: tuple[Input, ...] = (
        Silent(),
        Pressed(chance.choice("678")),
        Spoke(chance.choice(county.unclear), round(chance.uniform(0.3, 0.8), 2)),
    )
    return [(chance.randint(5, 14), chance.choice(tries)) for _ in range(chance.randint(0, most))]


def _brought(
    contact: Contact, chance: Random, county: County, fresh_id: Callable[[], str], number: str
) -> list[tuple[int, Input]]:
    """What somebody does who knows what they want."""
    recorded = Recorded(f"RE{fresh_id()}", chance.randint(6, 70), "#")
    nobody = DialEnded("no-answer", bridged=False)
    talk = DialEnded("completed", bridged=True, seconds=chance.randint(40, 600))
    match contact.kind:
        case "policy":
            return [(8, Pressed("1")), (9, Pressed(str(chance.randint(1, 5)))), (25, Pressed("1"))]
        case "question":
            said = Spoke(chance.choice(county.questions), round(chance.uniform(0.55, 0.95), 2))
            return [(7, Spoke("我想问政策", 0.82)), (8, said), (22, Pressed("1"))]
        case "status":
            return [(9, Pressed("3")), (12, Pressed(number))]
        case "appeal":
            known = contact.category in SUBJECTS
            key = str(SUBJECTS.index(contact.category) + 1) if known else "5"
            return [(8, Pressed("2")), (9, Pressed(key)), (recorded.seconds, recorded)]
        case "person":
            return [(5, Pressed("0")), (12 + talk.seconds, talk)]
        case "missed":
            return [(5, Pressed("0")), (40, nobody), (recorded.seconds, recorded)]
        case "emergency":
            return [(3, Pressed("9")), (8 + talk.seconds, talk)]
    return []


class CallPlayer:
    """Plays calls on a connection, each step as a webhook would have been answered."""

    def __init__(
        self,
        library: FlowLibrary,
        renderer: Renderer,
        wiring: Wiring,
        identities: Identities,
        hotline: str,
        heard_since: datetime,
    ) -> None:
        """Recordings since `heard_since` are there to be fetched, older ones are no more."""
        self._library = library
        self._renderer = renderer
        self._wiring = wiring
        self._identities = identities
        self._hotline = hotline
        self._heard_since = heard_since

    def play(
        self, connection: Connection, contact: Contact, steps: Sequence[tuple[int, Input]]
    ) -> Played:
        """Play a call from its first ring to its end."""
        sid, at = f"CA{self._identities.random_id()}", contact.at
        origin = CallOrigin(sid, contact.person.phone, self._hotline, "inbound")
        self._status(connection, origin, "ringing", 0, at, None)
        state = engine.begin(self._library, "inbound", contact.language)
        ticket, step = "", -1
        rung: tuple[str, ...] = ()
        waiting: deque[tuple[int, Input]] = deque([(0, Started()), *steps])
        while waiting:
            if isinstance(waiting[0][1], Recorded) and self._only_listens(state):
                waiting.appendleft((LISTENS, Silent()))
            (seconds, given), step = waiting.popleft(), step + 1
            at += timedelta(seconds=seconds)
            if isinstance(given, DialEnded):
                for number in rung[:1] if given.bridged else rung:
                    self._ring(connection, origin, number, given, at)
            turn = self._turn(connection, origin, state, given, step, at)
            self._write(connection, origin, turn, first=step == 0)
            ticket, rung = ticket or _opened(turn), self._rung(turn)
            self._record(connection, sid, given, at)
            state = State.from_json(turn.write.state)
            if state.ended:
                break
        at += timedelta(seconds=STARTS_WITH)
        lasted = int((at - contact.at).total_seconds())
        self._status(connection, origin, "completed", 2, at, lasted)
        return Played(sid, ticket, at)

    def _only_listens(self, state: State) -> bool:
        """Whether the call goes on by itself here: after hours it is told when the office opens."""
        return self._library.node(state.node).minds_silence(state)

    def _turn(
        self,
        connection: Connection,
        origin: CallOrigin,
        state: State,
        given: Input,
        step: int,
        at: datetime,
    ) -> Turn:
        facts = CallFacts(origin.sid, origin.caller, state.language, at)
        wanted = engine.lookups(self._library, state, given)
        found = {
            lookup: self._wiring.lookups[type(lookup)](connection, lookup, facts)
            for lookup in wanted
        }
        context = Context(
            now=at,
            call_sid=origin.sid,
            caller=origin.caller,
            articles=self._library.articles,
            fresh_number=self._identities.ticket_number(),
            fresh_id=self._identities.random_id(),
            incident_number=self._identities.ticket_number(),
            found={lookup: value for lookup, value in found.items() if value is not None},
        )
        taken = engine.step(self._library, state, given, context)
        if taken.wanted:
            known = {
                lookup: self._wiring.lookups[type(lookup)](connection, lookup, facts)
                for lookup in taken.wanted
            }
            context = replace(context, found={**context.found, **known})
            taken = engine.step(self._library, state, given, context)
        return turn_of_step(taken, self._library, state, given, context, step, self._renderer)

    def _write(
        self, connection: Connection, origin: CallOrigin, turn: Turn, *, first: bool
    ) -> None:
        if first:
            turn.write.seen = CallSeen(
                origin.sid, origin.direction, origin.caller, origin.called, turn.write.at
            )
        turn.write.consequences = [
            partial(_carry_out, self._wiring.effects[type(effect)], effect, turn.facts)
            for effect in turn.effects
        ]
        write_steps(connection, [turn.write])

    def _status(
        self,
        connection: Connection,
        origin: CallOrigin,
        status: str,
        sequence: int,
        at: datetime,
        seconds: int | None,
    ) -> None:
        log_status(connection, StatusEvent(origin, status, sequence, seconds), at, self._wiring)

    def _rung(self, turn: Turn) -> tuple[str, ...]:
        """Whom an answer rings; where it rings nobody by itself, the officer on duty."""
        found = (sound.numbers for sound in sounds_of(turn.answer) if sound.numbers)
        return next(found, tuple(self._library.directory.duty.officers[:1]))

    def _ring(
        self,
        connection: Connection,
        origin: CallOrigin,
        number: str,
        ended: DialEnded,
        at: datetime,
    ) -> None:
        """The leg to somebody who was rung, and accepts the call or does not answer."""
        sid = f"CA{self._identities.random_id()}"
        leg = CallOrigin(sid, number, self._hotline, "outbound-dial", origin.sid)
        accepted = at - timedelta(seconds=ended.seconds)
        wish = Wish(f"dial:{sid}", "dial", "connect", "system", number, 0, parent_sid=origin.sid)
        keep(connection, wish, None, accepted - RINGS)  # let out as by the gateway
        self._status(connection, leg, "ringing", 0, accepted - RINGS, None)
        if ended.bridged:
            self._status(connection, leg, "in-progress", 1, accepted, None)
            log_acceptance(connection, leg, accepted, self._wiring)
        status = "completed" if ended.bridged else "no-answer"
        self._status(connection, leg, status, 2, at, ended.seconds)

    def _record(self, connection: Connection, sid: str, given: Input, at: datetime) -> None:
        if isinstance(given, Recorded):
            status = "completed" if at >= self._heard_since else "absent"
            event = RecordingEvent(given.sid, sid, "", status, given.seconds, 1, "RecordVerb")
            log_recording(connection, event, at, self._wiring)


def _carry_out(
    handler: Callable[[Connection, Any, CallFacts], None],
    effect: Any,
    facts: CallFacts,
    connection: Connection,
) -> None:
    handler(connection, effect, facts)


def _opened(turn: Turn) -> str:
    found = [effect.number for effect in turn.effects if isinstance(effect, OpenTicket)]
    return found[0] if found else ""
