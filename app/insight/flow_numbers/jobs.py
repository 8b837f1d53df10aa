"""The recurring work of counting."""

from collections.abc import Mapping

from app.insight.flow_numbers.queries import anything_due
from app.insight.flow_numbers.service import count_due
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload

COUNTING = Every("flow_numbers.count", 60, anything_due)


def handlers() -> Mapping[str, Handler]:
    """The handlers by the kind of job."""
    return {COUNTING.kind: count}


def count(_payload: Payload, tools: Tools) -> None:
    """Count the calls that have ended since."""
    count_due(tools.database, tools.clock.now())
