"""What an escalation has done by the telephone network, after the commit that asked for it."""

from collections.abc import Mapping

from sqlalchemy import select

from app.calls.retry_law import AGAIN_SECONDS, insist, place_once
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload
from app.people.alerts.models import Alert
from app.people.alerts.service import CALL
from app.tickets.clocks.escalation import store
from app.tickets.clocks.escalation.service import EXPIRE, HANG_UP, RING, Escalations


class EscalationJobs:
    """The handlers of all jobs that escalations ask for, and of alerts that go by call."""

    def __init__(self, escalations: Escalations) -> None:
        self._escalations = escalations

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {RING: self.ring, HANG_UP: self.hang_up, EXPIRE: self.expire, CALL: self.alert}

    def ring(self, payload: Payload, tools: Tools) -> None:
        """Ring the person whose turn it is, if the ticket still needs somebody."""
        if not place_once(self._escalations, payload["leg"], tools):
            raise RetryLater(AGAIN_SECONDS)

    def hang_up(self, payload: Payload, tools: Tools) -> None:
        """Stop a telephone from ringing; hanging up twice does no harm."""
        with tools.database.reading() as connection:
            case_id = store.case_of_leg(connection, payload["leg"])
            case = store.load(connection, case_id, lock=False) if case_id else None
        call_sid = case.leg(payload["leg"]).call_sid if case else None
        if call_sid is not None:
            insist(lambda: tools.telephony.hang_up(call_sid))

    def expire(self, payload: Payload, tools: Tools) -> None:
        """Give up a call that has had its time."""
        with tools.database.writing() as connection:
            self._escalations.expire(
                connection,
                payload["leg"],
                tools.clock.now(),
                even_answered=payload["even_answered"],
            )

    def alert(self, payload: Payload, tools: Tools) -> None:
        """Ring the person of an alert that goes by call."""
        query = select(Alert.id, Alert.staff_id, Alert.ticket_id).where(
            Alert.id == payload["alert"]
        )
        with tools.database.writing() as connection:
            alert = connection.execute(query).one_or_none()
            if alert is not None:
                self._escalations.ring_for_alert(connection, *alert, tools.clock.now())
