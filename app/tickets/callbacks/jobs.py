"""The recurring work of following up calls."""

from collections.abc import Mapping

from app.calls.outcomes.queries import anything_unjudged
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.tickets.callbacks.missed import MissedCalls

FOLLOW_UP = Every("callbacks.follow_up", 30, anything_unjudged)


class CallBackJobs:
    """The handlers of the jobs of calling back."""

    def __init__(self, missed: MissedCalls) -> None:
        self._missed = missed

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {FOLLOW_UP.kind: self.follow_up}

    def follow_up(self, _payload: Payload, tools: Tools) -> None:
        """Judge the calls that have ended since."""
        with tools.database.writing() as connection:
            self._missed.follow_up(connection, tools.clock.now())
