"""Where voices meet: a bridge of two legs, or a conference (see `conferences`)."""

from typing import TYPE_CHECKING, Protocol

from app.exchange.audio import Tape
from app.exchange.ledger import Ledger
from app.exchange.phones.phone import Bridged
from app.exchange.sounds import Sound

if TYPE_CHECKING:
    from app.exchange.legs import Leg


class Room(Protocol):
    """What a leg needs to know of the place where it can talk to others."""

    def audience(self, speaker: "Leg") -> "list[Leg]":
        """The legs that hear this one now."""

    def record(self, speaker: "Leg", at: float, sound: Sound) -> None:
        """Lay what this leg says on the room's tape, if one is running."""


class Bridge:
    """Two legs that hear each other from `open` to `close`."""

    def __init__(self, ledger: Ledger, parent: "Leg", child: "Leg", tape: Tape | None) -> None:
        self._ledger = ledger
        self._sides = (parent, child)
        self._tape = tape
        self._name = f"bridge:{child.sid}"

    def open(self) -> None:
        """Connect the two."""
        parent, child = self._sides
        parent.room = child.room = self
        there, back = (parent.number, child.number), (child.number, parent.number)
        self._ledger.now_audible(self._name, [there, back])
        parent.notice(Bridged(child.number))
        child.notice(Bridged(parent.number))

    def close(self) -> None:
        """Take them apart."""
        self._ledger.now_audible(self._name, [])
        for leg in self._sides:
            if leg.room is self:
                leg.room = None
                leg.notice(Bridged(""))

    def audience(self, speaker: "Leg") -> "list[Leg]":
        """The other side."""
        return [leg for leg in self._sides if leg is not speaker]

    def record(self, speaker: "Leg", at: float, sound: Sound) -> None:
        """Parent on channel 0, child on channel 1."""
        if self._tape is not None:
            self._tape.add(self._sides.index(speaker), at, sound)
