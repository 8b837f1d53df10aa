"""What talks ask of the telephone network, as jobs: each says again how things ought to be."""

from datetime import datetime

from sqlalchemy import Connection

from app.jobs.service import enqueue
from app.softphone import store
from app.softphone.errors import NotAnsweredError
from app.softphone.outgoing import has_answered
from app.softphone.store import Leg, Talk

MOVE, HOLD, END = "softphone.move", "softphone.hold", "softphone.end"
HANG_UP, INVITE, ADJUST = "softphone.hang_up", "softphone.invite", "softphone.adjust"


def into_room(connection: Connection, talk: Talk, room: str, at: datetime) -> Talk:
    """Move a talk of two bridged legs to a conference, once; returns how it stands then.

    Raises NotAnsweredError while there is nothing to move.
    """
    if talk.room:
        return talk
    if talk.direction == "outbound" and not has_answered(connection, talk):
        raise NotAnsweredError
    store.change_talk(connection, talk.id, room=room)
    enqueue(connection, MOVE, f"{MOVE}:{talk.id}", {"talk": talk.id}, at)
    return store.talk(connection, talk.id) or talk


def hold(connection: Connection, talk: Talk, at: datetime, *, held: bool) -> None:
    """Put the citizen on hold, or back; what counts in the end is the row."""
    store.change_talk(connection, talk.id, held=held)
    key = f"{HOLD}:{talk.id}:{at.isoformat()}:{held}"
    enqueue(connection, HOLD, key, {"talk": talk.id}, at)


def end_talk(connection: Connection, talk: Talk, at: datetime, *, lost: bool) -> None:
    """None of ours is in the talk any more: the citizen's call goes on where its flow leads."""
    store.change_talk(connection, talk.id, ended_at=at, lost=lost)
    if talk.room:
        enqueue(connection, END, f"{END}:{talk.id}", {"room": talk.room}, at)


def hang_up(connection: Connection, leg: Leg, at: datetime) -> None:
    """End one of our legs."""
    if leg.call_sid:
        enqueue(connection, HANG_UP, f"{HANG_UP}:{leg.id}", {"call": leg.call_sid}, at)


def invite(connection: Connection, leg_id: int, at: datetime) -> None:
    """Ring a colleague who is asked into a talk."""
    enqueue(connection, INVITE, f"{INVITE}:{leg_id}", {"leg": leg_id}, at)


def adjust(connection: Connection, leg: Leg, at: datetime) -> None:
    """Let a supervisor be heard as they chose."""
    key = f"{ADJUST}:{leg.id}:{at.isoformat()}"
    enqueue(connection, ADJUST, key, {"leg": leg.id}, at)
