"""Opening a telephone in the browser, keeping it alive, saying whether one takes calls."""

from datetime import datetime

from sqlalchemy import Connection, Update, update

from app.database import insert_once
from app.people.presence.models import PresenceState, StaffPresence
from app.people.presence.queries import GONE_AFTER, presence_of


def open_telephone(
    connection: Connection, staff_id: int, page: str, at: datetime, *, at_desk: bool
) -> None:
    """A page is the telephone of somebody from now on; another one of theirs is no more.

    Whoever was gone begins as away: nobody is rung before they say that they are ready.
    """
    before = presence_of(connection, staff_id)
    if before is None:
        insert_once(
            connection,
            StaffPresence,
            staff_id=staff_id,
            state="away",
            page=page,
            at_desk=at_desk,
            changed_at=at,
            beat_at=at,
        )
        return
    values = {"page": page, "at_desk": at_desk, "beat_at": at}
    if not before.is_here(at) and before.state != "wrap_up":
        values |= {"state": "away", "changed_at": at}
    connection.execute(_of(staff_id).values(**values))


def beat(connection: Connection, staff_id: int, page: str, at: datetime) -> bool:
    """The page is still open; False when another page has the telephone."""
    mine = _of(staff_id).where(StaffPresence.page == page)
    return connection.execute(mine.values(beat_at=at)).rowcount == 1


def close_telephone(connection: Connection, staff_id: int, page: str, at: datetime) -> None:
    """The page is being closed: from this moment nobody is there."""
    mine = _of(staff_id).where(StaffPresence.page == page)
    connection.execute(mine.values(beat_at=at - GONE_AFTER))


def vanished(connection: Connection, staff_id: int, at: datetime) -> None:
    """Somebody was cut off from a talk: they are gone until their page says otherwise."""
    connection.execute(_of(staff_id).values(beat_at=at - GONE_AFTER))


def say(connection: Connection, staff_id: int, state: PresenceState, at: datetime) -> None:
    """Somebody is ready, away, or writes down what a call was about."""
    changed = _of(staff_id).where(StaffPresence.state != state)
    connection.execute(changed.values(state=state, changed_at=at))


def _of(staff_id: int) -> Update:
    return update(StaffPresence).where(StaffPresence.staff_id == staff_id)
