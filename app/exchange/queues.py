"""Queues of waiting calls (contract, sections 3.8, 3.9 and 4.3)."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.exchange.errors import RestError, not_found
from app.exchange.legs import Leg
from app.exchange.pages import Page
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

DEFAULT_SIZE = 1000
LARGEST_SIZE = 5000
LONGEST_NAME = 64


@dataclass(eq=False)
class QueueMember:
    """A call in a queue. `result` is its QueueResult once `released`."""

    leg: Leg
    queue: "Queue"
    date_enqueued: datetime
    result: str = "hangup"
    wait_seconds: int | None = None
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def position(self) -> int:
        """Place in the queue, counted from 1; 0 when it has left."""
        return self.queue.members.index(self) + 1 if self in self.queue.members else 0

    @property
    def wait_time(self) -> int:
        """Seconds spent in the queue."""
        if self.wait_seconds is not None:
            return self.wait_seconds
        return round((self.leg.line.clock.now() - self.date_enqueued).total_seconds())

    def waiting_parameters(self) -> Parameters:
        """What every request for wait TwiML carries."""
        queue = self.queue
        return (
            ("QueueSid", queue.sid),
            ("QueuePosition", str(self.position)),
            ("QueueTime", str(self.wait_time)),
            ("AvgQueueTime", str(queue.average_wait_time)),
            ("CurrentQueueSize", str(len(queue.members))),
            ("MaxQueueSize", str(queue.max_size)),
        )

    def leave(self, result: str) -> None:
        """Leave the queue, for good, with this QueueResult."""
        self.result = result
        if self in self.queue.members:
            self.wait_seconds = self.wait_time
            self.queue.waits.append(self.wait_seconds)
            self.queue.members.remove(self)


@dataclass(eq=False)
class Queue:
    """A queue; `waits` are the seconds its former members waited."""

    sid: str
    friendly_name: str
    max_size: int
    date_created: datetime
    members: list[QueueMember] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    arrival: asyncio.Event = field(default_factory=asyncio.Event)
    date_updated: datetime | None = None

    @property
    def current_size(self) -> int:
        """How many calls wait."""
        return len(self.members)

    @property
    def average_wait_time(self) -> int:
        """Mean wait in seconds of those now waiting, or of the past ones if nobody waits."""
        times = [member.wait_time for member in self.members] or self.waits
        return round(sum(times) / len(times)) if times else 0


class Queues:
    """All queues of the account; they persist when empty."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._by_sid: dict[str, Queue] = {}

    def newest_first(self) -> list[Queue]:
        """All queues."""
        return list(reversed(self._by_sid.values()))

    def get(self, sid: str) -> Queue:
        """One queue.

        Raises:
            RestError: 404, there is none.
        """
        if sid not in self._by_sid:
            raise not_found(f"/Queues/{sid}")
        return self._by_sid[sid]

    def named(self, name: str) -> Queue | None:
        """The queue of this name."""
        return next((queue for queue in self._by_sid.values() if queue.friendly_name == name), None)

    def create(self, friendly_name: str, max_size: int = DEFAULT_SIZE) -> Queue:
        """Make a queue.

        Raises:
            RestError: 400, the name is empty, too long or taken, or the size out of range.
        """
        _check(friendly_name, max_size)
        if self.named(friendly_name) is not None:
            raise RestError(400, 22003, f"A queue named {friendly_name!r} exists already.")
        sid = self._exchange.sids.new("QU")
        queue = Queue(sid, friendly_name, max_size, self._exchange.clock.now())
        self._by_sid[sid] = queue
        return queue

    def update(
        self, sid: str, friendly_name: str | None = None, max_size: int | None = None
    ) -> Queue:
        """Rename or resize a queue.

        Raises:
            RestError: 404, there is none; 400, name or size are not acceptable.
        """
        queue = self.get(sid)
        name, size = friendly_name or queue.friendly_name, max_size or queue.max_size
        _check(name, size)
        queue.friendly_name, queue.max_size = name, size
        queue.date_updated = self._exchange.clock.now()
        return queue

    def delete(self, sid: str) -> None:
        """Remove an empty queue.

        Raises:
            RestError: 404, there is none; 400, somebody waits in it.
        """
        if self.get(sid).members:
            raise RestError(400, 22004, "The queue is not empty: it cannot be deleted.")
        del self._by_sid[sid]

    def join(self, name: str, leg: Leg, max_size: int) -> QueueMember | None:
        """Put a call at the end of a queue, made on demand; None when the queue is full."""
        queue = self.named(name) or self.create(name, max_size)
        if len(queue.members) >= queue.max_size:
            return None
        member = QueueMember(leg, queue, self._exchange.clock.now())
        queue.members.append(member)
        queue.arrival.set()
        return member

    def member(self, sid: str, key: str) -> QueueMember:
        """A waiting call by its SID, or the first one as `Front`.

        Raises:
            RestError: 404, there is no such queue or member.
        """
        for member in self.get(sid).members:
            if key in ("Front", member.leg.sid):
                return member
        raise not_found(f"/Queues/{sid}/Members/{key}")

    def dequeue(self, sid: str, key: str, url: str, method: str = "POST") -> QueueMember:
        """Take a call out of the queue and let it play the TwiML at `url`.

        Raises:
            RestError: 404, there is no such member (any more); 400, `url` is not absolute.
        """
        member = self.member(sid, key)
        if not url.startswith(("http://", "https://")):
            raise RestError(400, 21205, f"Url {url!r} is not a valid absolute URL.")
        member.leave("redirected")
        self._exchange.calls.redirect(member.leg, Page(url, method))
        return member


def _check(name: str, size: int) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise RestError(400, 20001, f"FriendlyName must have 1 to {LONGEST_NAME} characters.")
    if not 0 < size <= LARGEST_SIZE:
        raise RestError(400, 20001, f"MaxSize must be between 1 and {LARGEST_SIZE}.")
