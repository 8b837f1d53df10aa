"""A supervisor listens to a talk, whispers to the colleague in it, or joins. Each is audited."""

from datetime import datetime

from sqlalchemy import Connection

from app.people.audit.service import record
from app.softphone import asking, store
from app.softphone.errors import NoTalkError
from app.softphone.models import Mode
from app.softphone.outgoing import require_free
from app.tickets.changes import staff_actor


def supervise(
    connection: Connection, staff_id: int, talk_id: int, mode: Mode, token: str, at: datetime
) -> None:
    """Come into a talk, or be heard otherwise in it: nobody, the colleague, or everybody hears.

    Raises NoTalkError, NotAnsweredError, NotHereError, or EngagedError when they are in another
    talk.
    """
    talk = store.talk(connection, talk_id, lock=True)
    if talk is None or talk.ended_at is not None:
        raise NoTalkError
    mine = store.open_leg_of(connection, staff_id)
    if mine is not None and mine.talk_id == talk.id and mine.role == "supervisor":
        store.change_leg(connection, mine.id, mode=mode)
        asking.adjust(connection, mine, at)
    else:
        require_free(connection, staff_id, at)
        asking.into_room(connection, talk, f"talk-{token}", at)
        store.add_leg(
            connection,
            talk_id=talk.id,
            role="supervisor",
            staff_id=staff_id,
            token=token,
            state="asked",
            mode=mode,
            asked_at=at,
        )
    record(
        connection,
        actor=staff_actor(staff_id),
        act=f"talk.{mode}",
        target=f"talk:{talk.id}",
        detail={},
        at=at,
    )
