"""A call in progress as the board shows it. Pure.

What a call is doing follows from the node where it is, its phase there, and the telephones rung.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.calls.log.rows import CallRow, CallTicket, Leg
from app.calls.transcripts.path import Stop

Doing = Literal["ringing", "menus", "recording", "rung", "waiting", "talking"]

CONNECT, EMERGENCY, MEDIATION = "connect", "emergency", "mediation"
ACCEPTED = "accepted"
_FLOOR, _WAIT = "floor", "wait"


@dataclass(frozen=True, slots=True)
class Party:
    """Another telephone of a call: somebody who is rung, or a party of its mediation.

    `state` is a leg's: `ringing`, `in-progress` (picked up), `accepted` (pressed 1 and speaks with
    the caller), or that of the mediation (`notice`, …).
    """

    number: str
    state: str
    since: datetime | None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a caller, in short: name, village, how many tickets, how many of them open.

    Only tickets count whose caller the one who looks may see.
    """

    name: str = ""
    village: str = ""
    tickets: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call in progress.

    `node_type` is the type of the node where it is (`menu`, `connect`, …; empty when unknown) and
    `phase` where in it; `told` are the flow's variables that a page may show. `said` is the last
    that the caller heard.
    """

    call: CallRow
    node_type: str
    phase: str
    told: Mapping[str, str]
    stops: Sequence[Stop]
    said: str
    parties: Sequence[Party]
    tickets: Sequence[CallTicket]
    card: Card
    emergency: bool

    @property
    def doing(self) -> Doing:
        """What the caller is doing now."""
        return doing(self.node_type, self.phase, self.call.status, self.parties)

    @property
    def is_inbound(self) -> bool:
        """Whether somebody called us."""
        return self.call.direction == "inbound"

    @property
    def waits(self) -> bool:
        """Whether somebody is waiting for a person."""
        return self.doing in ("rung", "waiting")


def doing(node_type: str, phase: str, status: str, parties: Sequence[Party]) -> Doing:
    """What a caller at a node is doing."""
    if node_type == MEDIATION and phase == _FLOOR:
        return "talking"
    if node_type == MEDIATION and phase == _WAIT:
        return "waiting"
    if any(party.state == ACCEPTED for party in parties):
        return "talking"
    if phase == "ringing":
        return "rung"
    if node_type == CONNECT and phase in ("holding", "offer"):
        return "waiting"
    if phase.startswith("record"):
        return "recording"
    return "ringing" if status == "ringing" and not node_type else "menus"


def in_order(calls: Sequence[LiveCall]) -> list[LiveCall]:
    """Emergencies first, then who waits for a person, then the others; the longest first.

    Calls that we placed ourselves come last.
    """
    return sorted(calls, key=_order)


def _order(live: LiveCall) -> tuple[bool, bool, bool, datetime]:
    return not live.emergency, not live.is_inbound, not live.waits, live.call.started_at


def leg_party(leg: Leg, *, accepted: bool) -> Party:
    """A telephone rung for a call; whoever picked it up may be a voicemail until they accept."""
    return Party(leg.number, ACCEPTED if accepted else leg.status, leg.started_at)
