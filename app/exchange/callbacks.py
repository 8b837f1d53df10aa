"""Asynchronous callbacks: separate requests whose answers are ignored (contract, section 5)."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from app.exchange.clock import Clock
from app.exchange.debugger import Debugger
from app.exchange.errors import DebuggerError
from app.exchange.faults import Fate, FaultPlan
from app.exchange.webhooks import Parameters, WebhookClient

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who wants to be told of which events."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})

    def wants(self, event: str) -> bool:
        """Whether this event is to be reported."""
        return bool(self.url) and event in self.events


NOBODY = Subscription()


class Callbacks:
    """Delivers callbacks: those about one subject (a SID) in order, unless the faults say else."""

    def __init__(
        self,
        client: WebhookClient,
        clock: Clock,
        debugger: Debugger,
        faults: Callable[[], FaultPlan],
        spawn: Spawn,
    ) -> None:
        self._client = client
        self._clock = clock
        self._debugger = debugger
        self._faults = faults
        self._spawn = spawn
        self._latest: dict[str, asyncio.Task[None]] = {}

    def post(
        self,
        subject: str,
        url: str,
        parameters: Iterable[tuple[str, str]],
        *,
        method: str = "POST",
        after: float = 0.0,
        kind: str = "callback",
    ) -> None:
        """Send a callback about `subject` to `url`, `after` seconds from now at the earliest."""
        fate = self._faults().callback_fate()
        earlier = self._latest.get(subject) if fate.in_order else None
        letter = _Letter(subject, url, tuple(parameters), method, kind)
        work = self._deliver(letter, after, fate, earlier)
        task = self._spawn(work)
        if fate.in_order:
            self._latest[subject] = task

    async def _deliver(
        self,
        letter: "_Letter",
        after: float,
        fate: Fate,
        earlier: asyncio.Task[None] | None,
    ) -> None:
        if after + fate.delay_seconds > 0:
            await self._clock.sleep(after + fate.delay_seconds)
        if earlier is not None:
            await asyncio.wait({earlier})
        for _ in range(fate.copies):
            try:
                await self._client.send(
                    letter.url, letter.method, letter.parameters, kind=letter.kind
                )
            except DebuggerError as failure:
                about = letter.subject
                self._debugger.error(failure, about if about.startswith("CA") else "")


@dataclass(frozen=True, slots=True)
class _Letter:
    subject: str
    url: str
    parameters: Parameters
    method: str
    kind: str
