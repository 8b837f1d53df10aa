"""Ringing a telephone, and telling whether a human being or a machine picked up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.exchange.callbacks import NOBODY, Subscription
from app.exchange.clock import within
from app.exchange.legs import Leg
from app.exchange.numbers import is_dialable
from app.exchange.sounds import spoken_seconds

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

CONNECT_SECONDS = 0.3
HUMAN_SECONDS = 1.5
MACHINE_SECONDS = 2.5
BEEP_SECONDS = 1.0


async def ring_until_answered(exchange: "Exchange", leg: Leg, seconds: float) -> bool:
    """Ring the leg's telephone for so many seconds.

    False when it was not answered: the leg has then ended `busy`, `no-answer`, `failed` or
    `canceled`.
    """
    leg.initiate()
    await exchange.clock.sleep(CONNECT_SECONDS)
    if not is_dialable(leg.number):
        leg.finish("failed")
        return False
    leg.phone = exchange.phone_at(leg.number)
    leg.ring()
    try:
        await within(exchange.clock, seconds, leg.decided.wait())
    except TimeoutError:
        leg.finish("no-answer")
    if not leg.answered.is_set():
        leg.finish(leg.rejected_as or "no-answer")
    return leg.status == "in-progress"


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """How answering machines are looked for: `mode` is `Enable` or `DetectMessageEnd`.

    With `asynchronous`, TwiML starts at once and `callback` is told the result.
    """

    mode: str
    timeout: int = 30
    asynchronous: bool = False
    callback: Subscription = NOBODY

    async def listen_to(self, exchange: "Exchange", leg: Leg) -> None:
        """Listen to who answered, and set the leg's `answered_by`."""
        begin = exchange.clock.monotonic()
        answered_by, seconds = self._verdict(leg.phone.greeting)
        await exchange.clock.sleep(min(seconds, self.timeout))
        leg.answered_by = answered_by if seconds <= self.timeout else "unknown"
        if self.asynchronous and self.callback.url:
            milliseconds = round((exchange.clock.monotonic() - begin) * 1000)
            exchange.callbacks.post(
                leg.sid,
                self.callback.url,
                (
                    ("CallSid", leg.sid),
                    ("AccountSid", exchange.account_sid),
                    ("AnsweredBy", leg.answered_by),
                    ("MachineDetectionDuration", str(milliseconds)),
                ),
                method=self.callback.method,
            )

    def _verdict(self, greeting: str) -> tuple[str, float]:
        if not greeting:
            return "human", HUMAN_SECONDS
        if self.mode == "Enable":
            return "machine_start", MACHINE_SECONDS
        return "machine_end_beep", spoken_seconds(greeting) + BEEP_SECONDS
