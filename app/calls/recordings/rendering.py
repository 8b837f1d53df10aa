"""Has the player's copies made by a process of its own, within limits of time and memory."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

from app.calls.recordings.trouble import RecordingError, Trouble

PROGRAM = "app.calls.recordings.audio.render"
ROOT = Path(__file__).resolve().parents[3]
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
    with _program(order) as lines:
        for line in lines:
            stage: Stage = json.loads(line)
            reached = str(stage["stage"])
            yield stage
    if reached != "done":
        raise RecordingError(Trouble.unrenderable)


@contextmanager
def _program(order: Order) -> Iterator[Iterator[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own program, told everything on its input
        [sys.executable, "-W", "ignore", "-m", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=order.folder,
        env=_environment(),
        text=True,
    )
    timer = Timer(order.limit, process.kill)
    timer.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin as stdin:
            stdin.write(_told(order))
        yield iter(process.stdout)
    except (BrokenPipeError, json.JSONDecodeError) as error:
        raise RecordingError(Trouble.unrenderable) from error
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


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


def _environment() -> dict[str, str]:
    """Nothing of ours: what decodes strangers' files knows no secrets."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
