"""What became of a talk, for the citizen's own call that comes back from it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.softphone import store


@dataclass(frozen=True, slots=True)
class Fate:
    """`room` is the conference where the talk goes on; `lost`, that whoever talked vanished."""

    room: str = ""
    lost: bool = False


NO_TALK = Fate()


def fate_of(connection: Connection, call_sid: str) -> Fate:
    """How the last talk of a citizen's call stands; `NO_TALK` when none was in a browser."""
    talk = store.talk_of_call(connection, call_sid)
    if talk is None:
        return NO_TALK
    if talk.ended_at is not None:
        return Fate(lost=talk.lost)
    legs = store.legs(connection, talk.id)
    put_down = any(leg.hung_up_at for leg in legs if leg.role != "supervisor")
    return Fate(talk.room, lost=not put_down)
