"""The background work of the clocks: the recurring sweep, and the calls of escalations."""

from collections.abc import Callable, Mapping

from app.flows.directory import Directory
from app.jobs.runner import Handler
from app.jobs.schedule import Every
from app.tickets.clocks.escalation.jobs import EscalationJobs
from app.tickets.clocks.escalation.service import Escalations
from app.tickets.clocks.sweep import SWEEP, SWEEPING, Sweep


class ClockJobs:
    """The handlers of all jobs of the clocks, and what recurs."""

    recurring: tuple[Every, ...] = (SWEEPING,)

    def __init__(self, directory: Callable[[], Directory], escalations: Escalations) -> None:
        self._sweep = Sweep(directory, escalations)
        self._escalation = EscalationJobs(escalations)

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {SWEEP: self._sweep.run, **self._escalation.handlers()}
