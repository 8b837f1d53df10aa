"""One step of a call with all that it wants to know, dialling only what may be dialled."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from app.calls.breaker import Budget
from app.calls.clearing import let_out
from app.calls.facts import CallFacts
from app.calls.gateway.service import DialWish
from app.calls.reading import read_within, write_within
from app.calls.world import World
from app.flows import engine
from app.flows.context import Context, Lookup
from app.flows.directives import Dial
from app.flows.inputs import DialEnded, Input
from app.flows.library import FlowLibrary
from app.flows.state import State


class Stepping:
    """Takes a step of one call, in its version of the flows and within the time that is left."""

    def __init__(
        self, world: World, library: FlowLibrary, facts: CallFacts, budget: Budget
    ) -> None:
        self._world = world
        self._library = library
        self._facts = facts
        self._budget = budget

    async def take(self, state: State, given: Input, step: int) -> tuple[engine.Step, Context]:
        """Step number `step` of the call, and what it knew. Raises DatabaseAwayError."""
        taken, context = await self._stepped(state, given)
        return await self._let_out(taken, step), context

    async def _stepped(self, state: State, given: Input) -> tuple[engine.Step, Context]:
        """The step and what it knew; taken again when the node it came to wants to know more."""
        context = await self._context(state, given)
        taken = engine.step(self._library, state, given, context)
        if not taken.wanted:
            return taken, context
        context = replace(context, found={**context.found, **await self._found(taken.wanted)})
        return engine.step(self._library, state, given, context), context

    async def _context(self, state: State, given: Input) -> Context:
        """What a step may know, its lookups answered, with fresh identities."""
        lookups = engine.lookups(self._library, state, given)
        world, facts = self._world, self._facts
        return Context(
            now=facts.at,
            call_sid=facts.sid,
            caller=facts.caller,
            articles=self._library.articles,
            fresh_number=world.identities.ticket_number(),
            fresh_id=world.identities.random_id(),
            incident_number=world.identities.ticket_number(),
            found=await self._found(lookups) if lookups else {},
            notices=world.notices(facts.at),
        )

    async def _let_out(self, taken: engine.Step, step: int) -> engine.Step:
        """The step, dialling only what the outbound gateway lets out."""
        if not isinstance(taken.directives[-1], Dial):
            return taken

        async def clear(wish: DialWish) -> tuple[str, ...]:
            world, at = self._world, self._facts.at
            return await write_within(
                world.database,
                lambda c: world.gateway.clear(c, wish, at),
                self._budget,
                world.threads,
            )

        async def go_on(before: engine.Step, ended: DialEnded) -> engine.Step:
            after, _ = await self._stepped(before.state, ended)
            return after

        return await let_out(taken, self._library, self._facts.sid, step, clear, go_on)

    async def _found(self, lookups: tuple[Lookup, ...]) -> Mapping[Lookup, Any]:
        find = partial(self._find, lookups)
        return await read_within(self._world.database, find, self._budget, self._world.threads)

    def _find(self, lookups: tuple[Lookup, ...], connection: Connection) -> Mapping[Lookup, Any]:
        answers = self._world.wiring.lookups
        found = {
            lookup: answers[type(lookup)](connection, lookup, self._facts) for lookup in lookups
        }
        return {lookup: value for lookup, value in found.items() if value is not None}
