"""Judging calls; the only writer of what a call led to."""

from sqlalchemy import Connection, update

from app.calls.models import Call
from app.calls.outcomes.rules import Outcome


def record_outcome(connection: Connection, sid: str, outcome: Outcome) -> bool:
    """Write down what a call led to; False when another worker has done so."""
    written = connection.execute(
        update(Call).where(Call.sid == sid, Call.outcome == "").values(outcome=outcome)
    )
    return written.rowcount == 1
