"""A number of the account that is rung from the account itself: the call comes back as inbound.

Two legs, as with any call between two telephones of a company: the one that was placed, and the one
that comes to the number's own URL. Neither hears the other; both end together.
"""

from typing import TYPE_CHECKING

from app.exchange.phones.phone import Answered, Ended, Notice, Ringing, Text

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange
    from app.exchange.legs import Leg


class OwnNumber:
    """The telephone at such a number: each time it rings, the number is called."""

    hurried = False
    greeting = ""

    def __init__(self, exchange: "Exchange", number: str) -> None:
        self.number = number
        self._exchange = exchange
        self._inbound: Leg | None = None

    def notice(self, leg: "Leg", event: Notice) -> None:
        """Call the number when this rings, and hang up when that is over."""
        match event:
            case Ringing(caller):
                self._inbound = self._exchange.dial(_Caller(caller, leg), self.number)
            case Ended() if self._inbound is not None:
                self._inbound.hang_up()
            case _:
                pass

    def text(self, text: Text) -> bool:
        """It has no display."""
        return False


class _Caller:
    """The far end of the inbound leg: what happens to it happens to the leg that was placed."""

    hurried = False
    greeting = ""

    def __init__(self, number: str, placed: "Leg") -> None:
        self.number = number
        self._placed = placed

    def notice(self, leg: "Leg", event: Notice) -> None:
        """Answer or end the leg that was placed."""
        match event:
            case Answered():
                self._placed.answer()
            case Ended() if self._placed.status == "ringing":
                self._placed.reject("busy" if leg.status == "busy" else "failed")
            case Ended():
                self._placed.hang_up()
            case _:
                pass

    def text(self, text: Text) -> bool:
        """It has no display."""
        return False
