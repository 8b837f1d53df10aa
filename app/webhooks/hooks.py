"""What the calls tell us, for other systems."""

from sqlalchemy import Connection

from app.calls.facts import CallEnded
from app.webhooks.service import announce


def call_ended(connection: Connection, ended: CallEnded) -> None:
    """The hook for calls that have come to their end; canaries are nobody's business."""
    if ended.is_canary:
        return
    data = {"sid": ended.sid, "status": ended.status, "ended_at": ended.at.isoformat()}
    announce(connection, "call.ended", f"call:{ended.sid}", data, ended.at)
