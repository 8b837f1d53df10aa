"""How long a webhook may wait for the database, and when not to ask it at all."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import Clock

# Twilio's caller must hear something within 3 s; the rest is for rendering and the network.
DATABASE_SECONDS = 1.5
# An emergency goes on without the database sooner: its officers are rung either way.
URGENT_SECONDS = 0.6
OPEN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Budget:
    """The database time of one webhook, in real seconds."""

    ends: float

    @classmethod
    def start(cls, seconds: float = DATABASE_SECONDS) -> "Budget":
        """A fresh budget, from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.ends - time.monotonic())


class Breaker:
    """After a failure the database is left alone for a moment, so that no caller waits for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open_until: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the database may be asked."""
        return self._open_until is None or self._clock.now() >= self._open_until

    def trip(self) -> None:
        """Leave the database alone for `OPEN_SECONDS`."""
        self._open_until = self._clock.now() + timedelta(seconds=OPEN_SECONDS)
