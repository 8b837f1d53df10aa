"""What a hearing asks to be done outside SQL: jobs, in the transaction that needs them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.hearings.states import Leg
from app.hearings.store import Session
from app.jobs.service import Payload, enqueue


def ask(
    connection: Connection,
    kind: str,
    subject: str,
    payload: Payload,
    at: datetime,
    after_seconds: float = 0,
) -> bool:
    """Ask for a job, once per subject; returns whether it was not asked for before."""
    kind = f"hearings.{kind}"
    due_at = at + timedelta(seconds=after_seconds)
    return enqueue(connection, kind, f"{kind}:{subject}", payload, due_at)


def interrupt(
    connection: Connection, session: Session, news: str, at: datetime, members: Iterable[int] = ()
) -> None:
    """Bring legs back to their flow, where they look what is due: all, or those of some members.

    `news` is unique for what has happened; a call is interrupted by it once.
    """
    chosen = frozenset(members)
    for member_id, leg in session.attending.items():
        if leg.call_sid is not None and (not chosen or member_id in chosen):
            ask(connection, "resume", f"{news}:{leg.id}", {"leg": leg.id, "news": news}, at)


def hang_up(connection: Connection, leg: Leg, at: datetime) -> None:
    """End a leg's call."""
    ask(connection, "hang_up", leg.id, {"leg": leg.id}, at)
