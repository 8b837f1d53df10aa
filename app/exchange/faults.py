"""A plan of what goes wrong, reproducible by its seed (contract, sections 5 and 11.7)."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class RestFault(StrEnum):
    """How a REST request is spoilt.

    `REFUSE` closes the connection before anything is done, `LOSE` carries the request out and
    never answers it; the other two answer with that HTTP status and do nothing.
    """

    REFUSE = "refuse"
    TOO_MANY = "429"
    SERVER_ERROR = "500"
    LOSE = "lose"


class MediaFault(StrEnum):
    """How a request for a recording's sound is spoilt.

    `MISSING` is a 404 as for one not yet developed; `XML` and `HTML` are error pages that call
    themselves sound; `TRUNCATED` is half of it under a whole header, `CUT` breaks off half-way.
    """

    MISSING = "404"
    XML = "xml"
    HTML = "html"
    TRUNCATED = "truncated"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one asynchronous callback."""

    copies: int = 1
    delay_seconds: float = 0.0
    in_order: bool = True


@dataclass
class FaultPlan:
    """Shares between 0 and 1 of the requests that suffer each fault.

    `duplicate reorder delay drop` concern asynchronous callbacks, `duplicate_actions` sends
    requests for TwiML twice at once, and `rest_*` spoil requests to the REST API. `media` lists
    what befalls the next requests for recorded sound, one after the other.
    """

    seed: int = 0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0
    delay_seconds: float = 20.0
    drop: float = 0.0
    duplicate_actions: float = 0.0
    rest_refuse: float = 0.0
    rest_too_many: float = 0.0
    rest_server_error: float = 0.0
    rest_lose: float = 0.0
    media: Sequence[str] = ()
    _random: random.Random = field(init=False, repr=False)
    _media: deque[MediaFault] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(f"faults:{self.seed}")  # noqa: S311 - not a secret
        self._media = deque(MediaFault(fault) for fault in self.media)

    def _happens(self, share: float) -> bool:
        return self._random.random() < share

    def callback_fate(self) -> Fate:
        """Decide about the next asynchronous callback."""
        dropped, doubled = self._happens(self.drop), self._happens(self.duplicate)
        shuffled, delayed = self._happens(self.reorder), self._happens(self.delay)
        wait = self.delay_seconds * self._random.random() if shuffled or delayed else 0.0
        return Fate(
            copies=0 if dropped else 2 if doubled else 1,
            delay_seconds=wait,
            in_order=not shuffled,
        )

    def duplicates_action(self) -> bool:
        """Decide whether the next request for TwiML is sent twice at once."""
        return self._happens(self.duplicate_actions)

    def rest_fault(self) -> RestFault | None:
        """Decide about the next REST request; at most one fault befalls it."""
        shares = {
            RestFault.REFUSE: self.rest_refuse,
            RestFault.TOO_MANY: self.rest_too_many,
            RestFault.SERVER_ERROR: self.rest_server_error,
            RestFault.LOSE: self.rest_lose,
        }
        return next((fault for fault, share in shares.items() if self._happens(share)), None)

    def media_fault(self) -> MediaFault | None:
        """Decide about the next request for recorded sound."""
        return self._media.popleft() if self._media else None
