"""Where the next TwiML comes from, and how a document can end."""

from dataclasses import dataclass
from enum import Enum, auto

from app.exchange.twiml.parser import Node
from app.exchange.webhooks import Parameters


@dataclass(frozen=True, slots=True)
class Page:
    """The next TwiML: a URL to be requested, or else a document or verbs at hand."""

    url: str = ""
    method: str = "POST"
    parameters: Parameters = ()
    twiml: str = ""
    verbs: tuple[Node, ...] | None = None


class Ending(Enum):
    """Why a document did not lead to another one."""

    RAN_OUT = auto()
    HANG_UP = auto()
    LEAVE = auto()


Outcome = Page | Ending | None
"""What a verb leads to; None: on to the next verb."""
