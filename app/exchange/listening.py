"""How a verb listens to a leg: keys and sounds that arrive while its ear is open."""

import asyncio

from app.exchange.clock import Clock, within
from app.exchange.sounds import Key, Sound


class Ear:
    """Open while a verb such as Gather or Record listens; `keys` and `speech` say to what."""

    def __init__(self, clock: Clock, kind: str, *, keys: str, speech: bool) -> None:
        self._clock = clock
        self._inputs: asyncio.Queue[Key | Sound] = asyncio.Queue()
        self.kind = kind
        self.keys = keys
        self.speech = speech

    def takes(self, given: Key | Sound) -> bool:
        """Offer an input; False when this ear does not listen to such a thing."""
        wanted = given.digit in self.keys if isinstance(given, Key) else self.speech
        if wanted:
            self._inputs.put_nowait(given)
        return wanted

    async def next(self) -> Key | Sound:
        """The next input, however long it takes."""
        return await self._inputs.get()

    async def next_within(self, seconds: float) -> Key | Sound | None:
        """The next input, or None if there is none within `seconds`."""
        try:
            return await within(self._clock, max(0.0, seconds), self._inputs.get())
        except TimeoutError:
            return None
