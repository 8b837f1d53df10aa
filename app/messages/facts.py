"""What is known of an inbound text, and what may be answered to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text somebody sent to the hotline.

    `sender` is as given: it need not be a telephone number. `body` is cleaned of control
    characters and may be empty; `media` counts its pictures, which are not fetched. `language` is
    what it seems to be written in.
    """

    sid: str
    sender: str
    body: str
    at: datetime
    language: str
    media: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A text has been claimed: `body` is answered (empty: nothing is), signed by the receiver.

    `purpose` is one word for the record; `ticket_id` the ticket the text belongs to. A reply that
    is `owed` is sent even to a number that wants no texts: the confirmation of STOP.
    """

    body: str = ""
    purpose: str = ""
    ticket_id: int | None = None
    owed: bool = False


TextHandler = Callable[[Connection, InboundText], Reply | None]
"""Claims a text and returns the reply, or None to leave it to the next handler of the chain."""
