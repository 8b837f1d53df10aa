"""What the provider reports of a text we sent: any order, any number of times, never lost."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.messages import queries, service
from app.messages.status import OURS

log = structlog.get_logger()

WANTS_NONE = "21610"  # the provider's code for a number that has opted out (contract, 4.7)


@dataclass(frozen=True, slots=True)
class TextProgress:
    """One report. `text` is our own id of the message, `status` the provider's word."""

    text: int
    sid: str
    status: str
    error: str = ""


def log_progress(connection: Connection, event: TextProgress, at: datetime) -> None:
    """Raise a text to what is reported; a report about nothing of ours changes nothing."""
    status = OURS.get(event.status)
    text = queries.standing(connection, event.text)
    if status is None or text is None:
        log.warning("text.unknown_report", text=event.text, status=event.status)
        return
    if service.progress(connection, text.id, status, at, sid=event.sid, error=event.error):
        log.info("text.progress", text=text.id, status=status, error=event.error)
    if event.error == WANTS_NONE:
        service.opt_out(connection, text.to, at, "provider")
