"""What incidents have done by the telephone network, after the commit that asked for it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from app.calls.retry_law import AGAIN_SECONDS, insist, place_once
from app.flows.inputs import OFFICER_WAITS
from app.incidents import store
from app.incidents.ringing import HANG_UP, RING, STEP
from app.incidents.service import END_FLOOR, MEET, Incidents
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload


def _anything_ended(connection: Connection, _at: datetime) -> bool:
    return bool(store.ended_with_tickets(connection))


END_WITH_TICKETS = Every("incident.end_with_tickets", 60, _anything_ended)


class IncidentJobs:
    """The handlers of all jobs that incidents ask for."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            RING: self.ring,
            HANG_UP: self.hang_up,
            STEP: self.step,
            MEET: self.meet,
            END_FLOOR: self.end_floor,
            END_WITH_TICKETS.kind: self.end_with_tickets,
        }

    def ring(self, payload: Payload, tools: Tools) -> None:
        """Ring one telephone, if somebody is still looked for."""
        if not place_once(self._incidents.ringing, payload["leg"], tools):
            raise RetryLater(AGAIN_SECONDS)

    def hang_up(self, payload: Payload, tools: Tools) -> None:
        """Stop a telephone from ringing; hanging up twice does no harm."""
        with tools.database.reading() as connection:
            call_sid = store.leg(connection, payload["leg"]).call_sid
        if call_sid is not None:
            insist(lambda: tools.telephony.hang_up(call_sid))

    def step(self, payload: Payload, tools: Tools) -> None:
        """A step has had its time; reports that crossed each other are linked first."""
        incident_id, now = payload["incident"], tools.clock.now()
        with tools.database.writing() as connection:
            self._incidents.linking.look(connection, incident_id, now)
        with tools.database.writing() as connection:
            self._incidents.ringing.step_over(
                connection, incident_id, payload["round"], payload["step"], now
            )

    def meet(self, payload: Payload, tools: Tools) -> None:
        """Bring the caller to whoever has taken their emergency; once, however often it is done."""
        insist(lambda: tools.telephony.resume_call(payload["call"], OFFICER_WAITS))

    def end_with_tickets(self, _payload: Payload, tools: Tools) -> None:
        """End incidents whose tickets were settled on their own pages."""
        with tools.database.writing() as connection:
            self._incidents.end_with_tickets(connection, tools.clock.now())

    def end_floor(self, payload: Payload, tools: Tools) -> None:
        """The caller is gone: nobody waits for them on the floor."""
        insist(lambda: tools.telephony.end_conference(payload["floor"]))
