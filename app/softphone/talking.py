"""What somebody does with the talk they are in: hold, put down, write up what it was about."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.people.presence import service as presence
from app.people.presence.models import PresenceState
from app.softphone import asking, store
from app.softphone.errors import NoTalkError
from app.softphone.models import Disposition
from app.softphone.store import Leg, Talk
from app.tickets.changes import staff_actor
from app.tickets.notes.service import add_note

CONNECTS_WITHIN = timedelta(seconds=30)  # a browser that is asked to


def current(connection: Connection, staff_id: int) -> tuple[Talk, Leg]:
    """The talk somebody is in, locked, and their leg. Raises NoTalkError."""
    leg = store.open_leg_of(connection, staff_id)
    talk = store.talk(connection, leg.talk_id, lock=True) if leg else None
    if leg is None or talk is None or leg.state != "on" or talk.ended_at is not None:
        raise NoTalkError
    return talk, leg


def hold(connection: Connection, staff_id: int, room: str, at: datetime, *, held: bool) -> None:
    """Let the citizen wait with words, or come back. Raises NoTalkError, NotAnsweredError."""
    talk, leg = current(connection, staff_id)
    if leg.role == "supervisor":
        raise NoTalkError
    asking.hold(connection, asking.into_room(connection, talk, room, at), at, held=held)


def put_down(connection: Connection, staff_id: int, at: datetime) -> None:
    """Somebody ends their part on purpose: nobody is offered again because of that."""
    leg = store.open_leg_of(connection, staff_id)
    if leg is None:
        return
    if leg.state == "asked":
        _ask_no_more(connection, leg, at, trouble="")
        return
    if leg.hung_up_at is None:
        store.change_leg(connection, leg.id, hung_up_at=at)
        asking.hang_up(connection, leg, at)


def write_up(
    connection: Connection,
    staff_id: int,
    disposition: Disposition,
    note: str,
    then: PresenceState,
    at: datetime,
) -> None:
    """Say what the last call was about, and whether one takes calls again.

    What was noted stands on the call's ticket too, if it has one.
    """
    leg = store.last_leg_of(connection, staff_id)
    if leg is not None and not leg.is_open and not leg.disposition and disposition:
        store.change_leg(connection, leg.id, disposition=disposition, note=note.strip())
        talk = store.talk(connection, leg.talk_id)
        if note.strip() and talk is not None and talk.ticket:
            actor, key = staff_actor(staff_id), f"softphone:{leg.id}"
            add_note(connection, talk.ticket, note, actor, at, key=key)
    presence.say(connection, staff_id, then, at)


def give_up_unconnected(connection: Connection, staff_id: int, at: datetime) -> None:
    """A browser that was asked to connect and did not within `CONNECTS_WITHIN` is asked no more."""
    leg = store.open_leg_of(connection, staff_id)
    if leg is None or leg.state != "asked" or at - leg.asked_at <= CONNECTS_WITHIN:
        return
    _ask_no_more(connection, leg, at, trouble="unconnected")


def answers_another(connection: Connection, staff_id: int, at: datetime) -> None:
    """Somebody who was asked to connect answers a call instead: they are in one talk at a time."""
    for leg in store.asked_legs_of(connection, staff_id):
        _ask_no_more(connection, leg, at, trouble="unconnected")


def _ask_no_more(connection: Connection, leg: Leg, at: datetime, *, trouble: str) -> None:
    store.use_leg(connection, leg.id, ("asked",), state="failed", left_at=at, trouble=trouble)
    if leg.role == "agent":
        store.change_talk(connection, leg.talk_id, ended_at=at)
