"""What a call went through, wherever it was taken down: what happened, and what was heard then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.flows.inputs import Input


class RecordingError(Exception):
    """A call that cannot be written down; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, as an input of the flow, and what was heard after it.

    `masked` says that keys or words are the caller's secret: others must be found that lead to the
    same.
    """

    given: Input
    heard: tuple[str, ...]
    masked: bool = False


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call to be written down. `caller` is the telephone as the provider gave it."""

    at: datetime
    caller: str
    moments: Sequence[Moment]
