"""The recurring work of closing: plan, ask, and close what nobody answered."""

from collections.abc import Mapping

from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.tickets.closing import queries
from app.tickets.closing.asking import ReturnVisits
from app.tickets.closing.service import close_silent

SWEEP = Every("closing.sweep", 30, queries.anything_to_do)


class ClosingJobs:
    """The handlers of the jobs of closing."""

    def __init__(self, visits: ReturnVisits) -> None:
        self._visits = visits

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {SWEEP.kind: self.sweep}

    def sweep(self, _payload: Payload, tools: Tools) -> None:
        """Everything that is due now; each part by itself, so that none holds up the others."""
        now = tools.clock.now()
        for part in (self._visits.plan, self._visits.ask, close_silent):
            with tools.database.writing() as connection:
                part(connection, now)
