"""The exchange's REST verbs as the service asks for them, some of them spoilt by chance."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import TypeVar
from urllib.parse import urlencode

from app.calls.telephony import (
    CallFound,
    CallOrder,
    NumberSettings,
    OutcomeUnknownError,
    Participant,
    RefusedError,
    TextOrder,
    TextSeen,
    TryAgainLaterError,
)
from app.exchange.callbacks import Subscription
from app.exchange.calls import CallOrder as ExchangeOrder
from app.exchange.calls import CallUpdate
from app.exchange.conference import Conference
from app.exchange.conferences import ParticipantUpdate
from app.exchange.errors import RestError
from app.exchange.exchange import Exchange
from app.exchange.ringing import MachineDetection

T = TypeVar("T")

EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
GONE = (21220, 20404)


class DirectNetwork:
    """Implements `Telephony` on an exchange in this process.

    A `trouble`, between 0 and 1, is the share of requests that are refused for now, fail, or are
    carried out without an answer.
    """

    def __init__(self, base_url: str, number: str) -> None:
        self._base_url = base_url
        self._number = number
        self.exchange: Exchange | None = None
        self.chance = Random(0)  # noqa: S311 - chance, not secrets
        self.trouble = 0.0

    def place_call(self, order: CallOrder) -> str:
        """Ring a number."""
        leg = urlencode({"leg": order.leg})
        placed = ExchangeOrder(
            to=order.to,
            from_=self._number,
            url=f"{self._base_url}/voice/outbound?{leg}",
            progress=Subscription(f"{self._base_url}/voice/status?{leg}", "POST", EVENTS),
            timeout=order.ring_seconds,
            time_limit=order.limit_seconds,
            machine_detection=MachineDetection("Enable"),
        )
        return self._ask(lambda exchange: exchange.calls.place(placed).sid)

    def resume_call(self, call_sid: str, key: str) -> None:
        """Interrupt what a call is doing."""
        url = f"{self._base_url}/voice/resume?{urlencode({'key': key})}"
        self._ask(lambda exchange: exchange.calls.update(call_sid, CallUpdate(url=url)))

    def move_call(self, call_sid: str, path: str) -> None:
        """Let a call go on with a document of ours."""
        change = CallUpdate(url=f"{self._base_url}{path}")
        self._do(lambda exchange: exchange.calls.update(call_sid, change))

    def hold_participant(self, name: str, call_sid: str, *, held: bool, path: str) -> None:
        """Put a leg on hold, or back."""
        change = ParticipantUpdate(
            hold=held, hold_url=f"{self._base_url}{path}" if held else "", hold_method="POST"
        )
        self._do(lambda exchange: exchange.conferences.update_participant(name, call_sid, change))

    def hang_up(self, call_sid: str) -> None:
        """End a call."""
        change = CallUpdate(status="completed")
        self._do(lambda exchange: exchange.calls.update(call_sid, change))

    def end_conference(self, name: str) -> None:
        """End a conference for everyone."""
        self._ask(
            lambda exchange: [exchange.conferences.end(one.sid) for one in _alive(exchange, name)]
        )

    def remove_participant(self, name: str, call_sid: str) -> None:
        """Remove one leg from a conference."""
        self._do(lambda exchange: exchange.conferences.remove_participant(name, call_sid))

    def participants(self, name: str) -> list[Participant]:
        """Who is in a conference."""
        return self._ask(
            lambda exchange: [
                Participant(participant.leg.sid, participant.muted)
                for one in _alive(exchange, name)
                for participant in one.participants
            ]
        )

    def adjust_participant(
        self, name: str, call_sid: str, *, muted: bool, coaches: str, closes: bool
    ) -> None:
        """Mute, coach, change the exit of a leg."""
        change = ParticipantUpdate(
            muted=muted, end_on_exit=closes, coaching=bool(coaches), call_sid_to_coach=coaches
        )
        self._do(lambda exchange: exchange.conferences.update_participant(name, call_sid, change))

    def final_status(self, call_sid: str) -> str:
        """The status with which a call has ended."""

        def ask(exchange: Exchange) -> str:
            leg = exchange.calls.get(call_sid)
            return leg.status if leg.is_final else ""

        return self._ask(ask)

    def send_message(self, order: TextOrder) -> TextSeen:
        """Texts are none of this bench's business."""
        raise RefusedError("no texts here")

    def sent_messages(self, to: str, since: object) -> list[TextSeen]:
        """None."""
        return []

    def find_call(self, call_sid: str) -> CallFound | None:
        """None: nobody reconciles here."""
        return None

    def calls_to(self, number: str, since: datetime) -> list[CallFound]:
        """None."""
        return []

    def calls_under_way(self) -> list[CallFound]:
        """None."""
        return []

    def calls_begun(self, since: datetime, until: datetime) -> list[CallFound]:
        """None."""
        return []

    def number_settings(self) -> NumberSettings | None:
        """None."""
        return None

    def point_number(self, settings: NumberSettings) -> None:
        """Nothing to be pointed."""

    def application_settings(self, sid: str) -> NumberSettings | None:
        """None."""
        return None

    def _do(self, act: Callable[[Exchange], object]) -> None:
        """Something that is no error when it is over already."""
        try:
            self._ask(act)
        except RefusedError as error:
            if error.code not in GONE:
                raise

    def _ask(self, ask: Callable[[Exchange], T]) -> T:
        exchange = self.exchange
        assert exchange is not None
        fate = self.chance.random()
        if fate < self.trouble / 2:
            raise TryAgainLaterError("429")
        if fate < self.trouble * 3 / 4:
            raise OutcomeUnknownError("500")
        try:
            result = ask(exchange)
        except RestError as error:
            raise RefusedError("refused", code=error.code) from error
        if fate < self.trouble:
            raise OutcomeUnknownError("no answer")
        return result


def _alive(exchange: Exchange, name: str) -> list[Conference]:
    return [
        one
        for one in exchange.conferences.newest_first()
        if one.name == name and one.status != "completed"
    ]
