"""The ways into the journal: that of everybody, and that of emergencies."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from app.calls.writes import StepWrite
from app.logs import in_this_context

T = TypeVar("T")
Work = Callable[[Connection], T]  # SQL to be done inside the journal's transaction


class Lane(Protocol):
    """A way into the journal."""

    async def write_step(self, step: StepWrite, *, within: float) -> bool:
        """Write one step with its effects."""

    async def do(self, work: "Work[T]", *, within: float) -> T:
        """Do a piece of work in a commit."""

    def expecting(self) -> AbstractContextManager[None]:
        """Say that an entry may be handed in soon."""

    @property
    def works(self) -> bool:
        """Whether the database answers, so that what is late is only late."""


class UrgentLane:
    """The journal as emergencies use it."""

    def __init__(
        self, submit: Callable[[Any, float], Awaitable[Any]], works: Callable[[], bool]
    ) -> None:
        self._submit = submit
        self._works = works

    async def write_step(self, step: StepWrite, *, within: float) -> bool:
        """Write one step with its effects, before all others that wait."""
        return bool(await self._submit(step, within))

    async def do(self, work: "Work[T]", *, within: float) -> T:
        """Do a piece of work in a commit, before all others that wait."""
        result: T = await self._submit(in_this_context(work), within)
        return result

    def expecting(self) -> AbstractContextManager[None]:
        """No commit waits for an emergency, nor it for any."""
        return nullcontext()

    @property
    def works(self) -> bool:
        """As of the whole journal."""
        return self._works()
