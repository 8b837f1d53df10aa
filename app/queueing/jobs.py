"""What the queue has done in the background: calls are interrupted, kept places served."""

from collections.abc import Mapping

import structlog

from app.calls.telephony import OutcomeUnknownError, RefusedError, TryAgainLaterError
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.queueing import service, store
from app.queueing.claims import BRING
from app.queueing.kept_places import KeptPlaces
from app.queueing.queries import anything_to_serve

log = structlog.get_logger()

SERVE = Every("queue.serve", 5, anything_to_serve)


class QueueJobs:
    """The handlers of the jobs of the queue."""

    def __init__(self, kept_places: KeptPlaces) -> None:
        self._kept_places = kept_places

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {BRING: self.bring, SERVE.kind: self.serve}

    def bring(self, payload: Payload, tools: Tools) -> None:
        """Interrupt a caller's waiting: they were taken from the list.

        Not insisted on: a caller who waits looks by themselves within seconds, and one who talks
        already must not be torn from it.
        """
        with tools.database.reading() as connection:
            caller = store.of_call(connection, payload["call"])
        if caller is None or caller.state == "talking" or not caller.is_claimed(tools.clock.now()):
            return
        assert caller.claimed_at is not None
        try:
            tools.telephony.resume_call(
                caller.call_sid, f"taken-{caller.id}-{caller.claimed_at.timestamp():.3f}"
            )
        except (TryAgainLaterError, RefusedError, OutcomeUnknownError) as error:
            log.info("queue.not_interrupted", call=caller.call_sid, error=str(error))

    def serve(self, _payload: Payload, tools: Tools) -> None:
        """Give up callers who are gone, and call back those whose turn it is."""
        with tools.database.writing() as connection:
            at = tools.clock.now()
            service.give_up_silent(connection, at)
            self._kept_places.serve(connection, at)
