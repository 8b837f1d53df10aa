"""A witness that does not trust the proof: random callers, then the same questions, really asked.

Shares nothing with `app.flows.proof` but the engine: it keeps no abstraction of states, reads the
real shelf, and goes from wherever a caller happens to be.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from app.flows import engine
from app.flows.context import (
    Articles,
    CallBackFound,
    Callee,
    Context,
    EscalationFound,
    IncidentFound,
    Lookup,
    MediationFound,
    PersonFound,
    ReturnVisitFound,
    TicketFound,
)
from app.flows.directives import WAITING, Dial, Directive, Gather, HangUp, JoinConference, Record
from app.flows.inputs import (
    DialEnded,
    Input,
    Pressed,
    Recorded,
    Resumed,
    Silent,
    Spoke,
    Started,
)
from app.flows.library import FlowLibrary
from app.flows.state import State

MOST_TURNS, MOST_SILENCE = 8, 8
LONGEST_WAIT = 40  # turns of waiting for others: the mediation fails in the end
_WORDS = ("政策", "补贴多少钱", "zxqv", "着火了", "一", "two", "满意", "fire", "", "not settled")
_START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What stays as it is while a caller fails: nobody can be rung, or nobody can say who can."""

    person: PersonFound | None


class BrokenPromiseError(Exception):
    """An accepted library does not keep what was proved; the text says what, and where."""


class Witness:
    """Calls a library at random and insists on what the check promises. Raises what it finds."""

    def __init__(self, library: FlowLibrary, articles: Articles, random: Random) -> None:
        self._library, self._articles, self._random = library, articles, random

    def calls(self, count: int) -> None:
        """So many random calls, each followed by callers who fail from where it has come to.

        Raises BrokenPromiseError, or whatever a step raises.
        """
        entries = self._library.directory.entries.model_dump()
        begun = [name for name in entries if entries[name] and name not in ("person", "emergency")]
        for number in range(count):
            self._call(begun[number % len(begun)])

    def _call(self, entry: str) -> None:
        language = self._random.choice(list(self._library.directory.languages))
        own = entry in ("inbound", "banned", "challenge")
        state = engine.begin(self._library, entry, language, {} if own else self._variables())
        answered = "" if own else self._random.choice(("human", "machine_start"))
        step = self._step(state, Started(answered))
        for _ in range(self._random.randrange(12)):
            if step.state.ended:
                return
            step = self._step(step.state, self._anything(step.directives[-1]))
        for given in (self._silence, self._zero):
            self._leads_out(step, given)

    def _leads_out(self, step: engine.Step, given: Any) -> None:
        turns = waited = 0
        begun, kind = step.state.node, given.__name__.strip("_")
        nobody = PersonFound(waited=60, nobody=True, may_call_back=self._random.random() < 0.5)
        settled = _Settled(self._random.choice((None, nobody)))
        while not step.state.ended and turns <= MOST_TURNS and waited <= LONGEST_WAIT:
            last = step.directives[-1]
            if isinstance(last, JoinConference) or (kind == "zero" and isinstance(last, Dial)):
                return
            node = self._library.node(step.state.node)
            before = (step.state.node, step.state.phase)
            waits = node.minds_silence(step.state)
            step = self._step(step.state, given(last), settled)
            if waits and before == (step.state.node, step.state.phase):
                waited += 1
            else:
                turns += 1
        if turns > MOST_TURNS or waited > LONGEST_WAIT:
            raise BrokenPromiseError(f"{kind} at {begun} leads to no end in {turns} turns")

    def _silence(self, last: Directive) -> Input:
        if isinstance(last, Record):
            return Recorded("", 0, "")
        return DialEnded("no-answer", bridged=False) if isinstance(last, Dial) else Silent()

    def _zero(self, last: Directive) -> Input:
        return Recorded("", 0, "0") if isinstance(last, Record) else Pressed("0")

    def _step(self, state: State, given: Input, settled: _Settled | None = None) -> engine.Step:
        asked = engine.lookups(self._library, state, given)
        found = {lookup: self._found(lookup, settled) for lookup in asked}
        context = self._context(found, settled)
        step = engine.step(self._library, state, given, context)
        if step.wanted:
            found |= {lookup: self._found(lookup, settled) for lookup in step.wanted}
            context = replace(context, found=found)
            step = engine.step(self._library, state, given, context)
        for complaint in _complaints(step):
            raise BrokenPromiseError(f"{state.node}: {complaint}")
        return step

    def _context(self, found: dict[Lookup, object], settled: _Settled | None) -> Context:
        return Context(
            now=_START + timedelta(hours=self._random.randrange(168)),
            call_sid="CA1",
            caller=self._random.choice(("+8613800138000", "+867451000101", "")),
            articles=self._articles,
            fresh_number="12345674",
            fresh_id=f"{self._random.getrandbits(128):032x}",
            incident_number="12345683",
            degraded=not settled and self._random.random() < 0.1,
            found={lookup: value for lookup, value in found.items() if value is not None},
        )

    def _found(self, lookup: Lookup, settled: _Settled | None) -> object:
        category, at = self._library.directory.message_category, _START
        number, choose = "12345674", self._random.choice
        failed = MediationFound("failed", "m", choose(("", "refused", "machine", "no_answer")))
        state = choose(("new", "waiting", "resolved", "closed", "reopened"))
        ticket = TicketFound(number, state, category, at, at, choose(("", "好")))
        known: dict[str, tuple[object, ...]] = {
            "TicketLookup": (None, ticket),
            "MediationLookup": (failed,)
            if settled
            else (None, failed, MediationFound("waiting", "m"), MediationFound("open", "m")),
            "PersonLookup": (settled.person,)
            if settled
            else (
                None,
                PersonFound(
                    (Callee("+867451000101"),), may_call_back=True, ticket=choose(("", number))
                ),
                PersonFound(position=2, wait_minutes=4, may_call_back=choose((True, False))),
            ),
            "EscalationLookup": (None, EscalationFound(number, category, "村", "水", at, True)),
            "IncidentLookup": (
                None,
                *(
                    IncidentFound(number, "", "村", 3, True, free, "王", "e")
                    for free in (True, False)
                ),
            ),
            "OwnIncidentLookup": (None, True),
            "ReturnVisitLookup": (
                None,
                *(ReturnVisitFound(number, category, "好", sealed) for sealed in (True, False)),
            ),
            "CallBackLookup": (None, CallBackFound(number, category, "+8613800138000")),
        }
        return choose(known.get(type(lookup).__name__, (None,)))

    def _anything(self, last: Directive) -> Input:
        choose = self._random.choice
        match last:
            case Gather(speech=True) if self._random.random() < 0.4:
                return Spoke(choose((*_WORDS, *last.hints)))
            case Gather(digits=digits):
                keys = "0123456789*#" if digits == 1 else ("12345674", "1", "00000000")
                inputs: list[Input] = [Silent(), Resumed("open"), *map(Pressed, keys)]
                return choose(inputs)
            case Record():
                seconds, key = choose((0, 1, 30)), choose(("", "0", "9", "#"))
                return Recorded(choose(("", "RE1")), seconds, key)
            case Dial():
                return DialEnded(choose(("busy", "no-answer", "completed")), choose((True, False)))
            case _:
                return DialEnded("answered", bridged=False)

    def _variables(self) -> dict[str, str]:
        departments = list(self._library.directory.departments)
        role, department = self._random.choice(("mediator", "department")), departments[:1]
        parts = {"session": "s", "leg": "l", "visit": "v", "call": "c", "role": role}
        return parts | ({"department": department[0]} if department else {})


def _complaints(step: engine.Step) -> Iterator[str]:
    """What is wrong with a single answer to a telephone."""
    last = step.directives[-1]
    if not isinstance(last, (*WAITING, HangUp)):
        yield "the last directive neither waits nor ends the call"
    if isinstance(last, Gather) and last.timeout > MOST_SILENCE:
        yield f"a question waits for {last.timeout} seconds"
    if isinstance(last, Dial) and not 1 <= len(last.numbers) <= 10:
        yield f"{len(last.numbers)} telephones are rung"
    if State.from_json(step.state.to_json()) != step.state:
        yield "the state cannot be kept"
