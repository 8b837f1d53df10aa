"""What is done by the telephone network for calls we place, after the commit that asked for it."""

from collections.abc import Mapping

from app.calls.outbound import queries
from app.calls.outbound.service import PLACE, SETTLE, Outbound
from app.calls.retry_law import place_once
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload

REMEMBER = Every("outbound.remember", 300, queries.anything_forgotten)


class OutboundJobs:
    """The handlers of all jobs that outbound calls ask for."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {PLACE: self.place, SETTLE: self.settle, REMEMBER.kind: self.remember}

    def place(self, payload: Payload, tools: Tools) -> None:
        """Ring, if it is still wanted and allowed now."""
        # Not placed is planned anew by a job of its own: retries end, an outage may last longer.
        place_once(self._outbound, payload["call"], tools)

    def settle(self, payload: Payload, tools: Tools) -> None:
        """Tell the purpose how the call went."""
        with tools.database.writing() as connection:
            self._outbound.settle(connection, payload["call"], tools.clock.now())

    def remember(self, _payload: Payload, tools: Tools) -> None:
        """Look after what was forgotten."""
        with tools.database.writing() as connection:
            self._outbound.remember(connection, tools.clock.now())
