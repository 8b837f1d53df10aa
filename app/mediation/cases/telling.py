"""What the parties of a case are told by text: the hour with a PIN, changes, reminders."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from app.flows.hours import COUNTY_TIME
from app.messages.composing import Composer
from app.messages.numbers import can_be_texted
from app.messages.service import send_text


@dataclass(frozen=True, slots=True)
class Reached:
    """A telephone and the language of whoever has it; `key` names them in the keys of texts."""

    key: str
    number: str
    language: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Texts to parties. They stand on no ticket's page: a PIN is its party's alone.

    Each verb returns whether the text was asked for now: landlines get none, nor does a number that
    wants none, and no text is sent twice.
    """

    composer: Composer

    def hour(
        self,
        connection: Connection,
        what: str,
        case: str,
        to: Reached,
        planned_at: datetime,
        at: datetime,
        pin: str = "",
    ) -> bool:
        """Tell of a session: `what` is `invited`, `moved`, `cancelled` or `reminder`."""
        local = planned_at.astimezone(COUNTY_TIME)
        dates = self.composer.library().locale(to.language).dates
        told = {"day": dates.say_date(local.date()), "time": dates.say_time(local), "pin": pin}
        return self._send(connection, f"dispute.{what}", case, to, at, told)

    def court(
        self, connection: Connection, case: str, to: Reached, last_day: date, at: datetime
    ) -> bool:
        """Tell of the last day for a joint application to the court."""
        dates = self.composer.library().locale(to.language).dates
        told = {"day": dates.say_date(last_day)}
        return self._send(connection, "dispute.court", case, to, at, told)

    def _send(
        self,
        connection: Connection,
        text: str,
        case: str,
        to: Reached,
        at: datetime,
        told: dict[str, str],
    ) -> bool:
        if not can_be_texted(to.number):
            return False
        body = self.composer.compose(text, to.language, number=case, **told)
        return send_text(connection, to=to.number, body=body, key=f"{text}:{to.key}", at=at)
