"""The time on which each ticket's clocks run, by the directory in force.

Set once at start, as the keys of `app.database` are: whoever moves a ticket needs it, however far
from the directory.
"""

from collections.abc import Callable
from typing import Protocol

from app.flows.working import ROUND_THE_CLOCK, Timepiece


class WorkingTimes(Protocol):
    """What the clocks need of `directory.yaml`."""

    def working_time(self, department: str) -> Timepiece:
        """The working time of a department, or of the hotline's own desk (empty or unknown)."""


class _Times:
    directory: Callable[[], WorkingTimes] | None = None


def keep_time_by(directory: Callable[[], WorkingTimes]) -> None:
    """Keep time by this directory: its hours and its calendar."""
    _Times.directory = directory


def timepiece(clock: str, department: str) -> Timepiece:
    """The time of a ticket by its columns `clock` and `department`.

    Before `keep_time_by`, and on the clock `round_the_clock`, time never stands still.
    """
    if clock != "working" or _Times.directory is None:
        return ROUND_THE_CLOCK
    return _Times.directory().working_time(department)
