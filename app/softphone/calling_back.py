"""Calling back somebody who kept their place: what rings a browser becomes a talk there."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.calls.outbound import store as outbound
from app.flows.context import CallBackFound, CallBackLookup
from app.flows.effects import NoteCallBack
from app.people.presence.address import is_client, staff_of
from app.softphone import store
from app.softphone.talking import answers_another
from app.tickets.callbacks import queries
from app.tickets.models import Ticket

Note = Callable[[Connection, NoteCallBack, CallFacts], None]


def noting_talks(note: Note) -> Note:
    """The effect handler `note`, after which whoever accepted in a browser is in a talk there."""

    def noted(connection: Connection, effect: NoteCallBack, call: CallFacts) -> None:
        note(connection, effect, call)
        if effect.result == "accepted":
            _begin(connection, call)

    return noted


def whom_to_connect(
    connection: Connection, lookup: CallBackLookup, call: CallFacts
) -> CallBackFound | None:
    """Whom a member of the staff is connected with, and where that talk has been moved to."""
    found = queries.whom_to_connect(connection, lookup, call)
    leg = store.leg_of_call(connection, call.sid)
    talk = store.talk(connection, leg.talk_id) if leg else None
    if found is None or leg is None or talk is None or talk.ended_at is not None:
        return found
    return replace(found, room=talk.room, label=store.label_of(leg))


def _begin(connection: Connection, call: CallFacts) -> None:
    placed = outbound.of_call(connection, call.sid)
    staff_id = staff_of(placed.number) if placed and is_client(placed.number) else None
    if placed is None or staff_id is None or store.leg_of_call(connection, call.sid) is not None:
        return
    columns = (Ticket.caller, Ticket.caller_index, Ticket.language)
    citizen = connection.execute(select(*columns).where(Ticket.number == placed.subject)).one()
    answers_another(connection, staff_id, call.at)
    store.begin_answered(
        connection,
        staff_id,
        placed.number,
        call.sid,
        f"called-back:{call.sid}",
        call.at,
        direction="outbound",
        citizen=citizen.caller,
        citizen_index=citizen.caller_index,
        ticket=placed.subject,
        language=citizen.language,
    )
