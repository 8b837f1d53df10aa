"""Has the player's copies made by a process of its own, within limits of time and memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.calls.recordings.limited import LimitedProgramError, limited_program
from app.calls.recordings.trouble import RecordingError, Trouble

PROGRAM = "app.calls.recordings.audio.render"
START_SECONDS = 30.0
SECONDS_PER_SECOND = 0.05  # ten times what encoding three copies has been measured to take

Stage = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made of a verified file, `seconds` long, in an empty folder.

    `trim` is where its sound begins and ends, or None to find out; `redactions` are in seconds
    after the beginning.
    """

    source: Path
    folder: Path
    seconds: float
    trim: tuple[float, float] | None = None
    redactions: Sequence[tuple[float, float]] = ()

    @property
    def limit(self) -> float:
        """The seconds it may take."""
        return START_SECONDS + self.seconds * SECONDS_PER_SECOND


def render(order: Order) -> Iterator[Stage]:
    """Stage after stage as each is reached: `measured`, `playable`, `done`.

    Raises RecordingError (`unrenderable`) when it does not get to the end.
    """
    reached = ""
    try:
        with limited_program(PROGRAM, order.folder, _told(order), order.limit) as lines:
            for line in lines:
                stage: Stage = json.loads(line)
                reached = str(stage["stage"])
                yield stage
    except (LimitedProgramError, json.JSONDecodeError) as error:
        raise RecordingError(Trouble.unrenderable) from error
    if reached != "done":
        raise RecordingError(Trouble.unrenderable)


def _told(order: Order) -> str:
    return json.dumps(
        {
            "source": str(order.source),
            "folder": str(order.folder),
            "trim": order.trim,
            "redactions": order.redactions,
            "cpu_seconds": order.limit,
        }
    )
