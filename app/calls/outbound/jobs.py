"""What is done by the telephone network for calls we place, after the commit that asked for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from app.calls.outbound import queries
from app.calls.outbound.service import PLACE, SETTLE, Outbound
from app.calls.telephony import OutcomeUnknownError, RefusedError, TryAgainLaterError
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload

log = structlog.get_logger()

AGAIN_AFTER = timedelta(seconds=30)  # when the network was not to be reached
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
        call_id: int = payload["call"]
        now = tools.clock.now()
        with tools.database.writing() as connection:
            order = self._outbound.begin_dialling(connection, call_id, now)
            if isinstance(order, datetime):
                self._outbound.not_placed(connection, call_id, order)
        if order is None or isinstance(order, datetime):
            return
        try:
            call_sid = tools.telephony.place_call(order)
        except TryAgainLaterError:
            # A job of its own, not a retry: retries end after some minutes, an outage may not.
            with tools.database.writing() as connection:
                self._outbound.not_placed(connection, call_id, tools.clock.now() + AGAIN_AFTER)
        except RefusedError as error:
            log.warning("outbound.refused", call=call_id, error=str(error))
            with tools.database.writing() as connection:
                self._outbound.undialable(connection, call_id, tools.clock.now())
        except OutcomeUnknownError as error:
            log.warning("outbound.unknown", call=call_id, error=str(error))
            with tools.database.writing() as connection:
                self._outbound.outcome_unknown(connection, call_id, tools.clock.now())
        else:
            with tools.database.writing() as connection:
                self._outbound.placed(connection, call_id, call_sid)

    def settle(self, payload: Payload, tools: Tools) -> None:
        """Tell the purpose how the call went."""
        with tools.database.writing() as connection:
            self._outbound.settle(connection, payload["call"], tools.clock.now())

    def remember(self, _payload: Payload, tools: Tools) -> None:
        """Look after what was forgotten."""
        with tools.database.writing() as connection:
            self._outbound.remember(connection, tools.clock.now())
