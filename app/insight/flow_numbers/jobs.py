"""The recurring work of counting."""

from collections.abc import Mapping

from app.insight.flow_numbers.queries import anything_due
from app.insight.flow_numbers.service import AT_ONCE, count_due
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload

MOST_ROUNDS = 20
COUNTING = Every("flow_numbers.count", 60, anything_due)


def handlers() -> Mapping[str, Handler]:
    """The handlers by the kind of job."""
    return {COUNTING.kind: count}


def count(_payload: Payload, tools: Tools) -> None:
    """Count the calls that have ended since; after an outage there may be many."""
    for _ in range(MOST_ROUNDS):
        if count_due(tools.database, tools.clock.now()) < AT_ONCE:
            return
