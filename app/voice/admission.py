"""Who is served when more call than can be: so many at once, and first come, first served.

Without a bound every caller would wait for every other, and an emergency for all of them. Whoever
has waited too long for a place is told so in valid TwiML, and asks again by itself.
"""

import asyncio
from collections import deque

PLACES = 48  # at once: enough to fill a commit while the one before is written
PATIENCE_SECONDS = 1.0  # with the time for the database it stays below the deadline of 3 s


class Admission:
    """Places for webhooks that are answered at the same time. For one event loop."""

    def __init__(self, places: int = PLACES, patience: float = PATIENCE_SECONDS) -> None:
        self._free = places
        self._patience = patience
        self._waiting: deque[asyncio.Future[bool]] = deque()

    @property
    def are_all_taken(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._free == 0

    async def enter(self) -> bool:
        """Take a place, as soon as there is one; False when there was none in time."""
        if self._free > 0:
            self._free -= 1
            return True
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(self._patience, _give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.leave()  # the place came at the same moment: it is the next one's
            raise
        finally:
            timer.cancel()

    def leave(self) -> None:
        """Give the place to whoever waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self._free += 1


def _give_up(turn: "asyncio.Future[bool]") -> None:
    if not turn.done():
        turn.set_result(False)
