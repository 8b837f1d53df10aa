"""What cases have done at an hour: sessions begin, parties and mediators are reminded."""

from collections.abc import Mapping
from datetime import date

from app.jobs.runner import Handler, Tools
from app.jobs.service import Payload
from app.mediation.cases.alerting import Alerting
from app.mediation.cases.changes import SYSTEM
from app.mediation.cases.planning import REMIND, SUMMON, Planning
from app.mediation.cases.service import COURT, FOLLOW_UP
from app.mediation.cases.summons import Summons


class DisputeJobs:
    """The handlers of all jobs that cases ask for; each may run twice and does its work once."""

    def __init__(self, planning: Planning, summons: Summons, alerting: Alerting) -> None:
        self._planning = planning
        self._summons = summons
        self._alerting = alerting

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            SUMMON: self.summon,
            REMIND: self.remind,
            FOLLOW_UP: self.follow_up,
            COURT: self.court,
        }

    def summon(self, payload: Payload, tools: Tools) -> None:
        """Begin a session at its hour; tell the mediator of one that was missed."""
        sitting, now = payload["sitting"], tools.clock.now()
        with tools.database.writing() as connection:
            outcome = self._summons.summon(connection, sitting, payload["moves"], SYSTEM, now)
            if outcome == "missed":
                self._alerting.missed(connection, sitting, now)

    def remind(self, payload: Payload, tools: Tools) -> None:
        """Remind the parties of a session to come."""
        with tools.database.writing() as connection:
            self._planning.remind(
                connection,
                payload["sitting"],
                payload["moves"],
                payload["lead"],
                tools.clock.now(),
            )

    def follow_up(self, payload: Payload, tools: Tools) -> None:
        """Tell the mediator that today is the day to ask whether the agreement is kept."""
        with tools.database.writing() as connection:
            self._alerting.follow_up(connection, payload["case"], tools.clock.now())

    def court(self, payload: Payload, tools: Tools) -> None:
        """Tell mediator and parties that the days for the court are running out."""
        day = date.fromisoformat(payload["effective_on"])
        with tools.database.writing() as connection:
            self._alerting.court(connection, payload["case"], day, tools.clock.now())
