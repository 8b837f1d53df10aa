"""Dialling a citizen from a ticket, by the browser of whoever works on it."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.calls.gateway.service import DialWish, OutboundGateway
from app.calls.models import Call
from app.database import blind_index
from app.flows.directives import Dial, Directive, HangUp, Language
from app.people.presence.queries import presence_of
from app.softphone import store
from app.softphone.errors import EngagedError, NotAllowedError, NotHereError
from app.softphone.store import Leg, Talk
from app.tickets.changes import staff_actor

PURPOSE = "softphone"
RING_SECONDS = 45
TALK_SECONDS = 3_600


def dial(
    connection: Connection,
    gateway: OutboundGateway,
    staff_id: int,
    number: str,
    ticket: str,
    language: str,
    token: str,
    at: datetime,
) -> None:
    """Ask somebody's browser to ring a citizen about a ticket.

    Raises NotHereError, EngagedError, or NotAllowedError with the words of the outbound gateway.
    What it says now is for whoever asks; the number is judged and booked when it is dialled.
    """
    require_free(connection, staff_id, at)
    refusal = gateway.preview(connection, number, staff_actor(staff_id), at)
    if refusal is not None:
        raise NotAllowedError(refusal.said("zh-CN"), refusal.said("en-US"))
    talk_id = store.begin_talk(
        connection,
        direction="outbound",
        citizen=number,
        citizen_index=blind_index(number),
        ticket=ticket,
        language=language,
        began_at=at,
    )
    store.add_leg(
        connection,
        talk_id=talk_id,
        role="agent",
        staff_id=staff_id,
        token=token,
        state="asked",
        asked_at=at,
    )


def require_free(connection: Connection, staff_id: int, at: datetime) -> None:
    """Raise NotHereError or EngagedError unless somebody's browser could connect now.

    Of two wishes of one person at once the second waits here, and finds them engaged.
    """
    present = presence_of(connection, staff_id, lock=True)
    if present is None or not present.is_here(at):
        raise NotHereError
    if store.open_leg_of(connection, staff_id) is not None:
        raise EngagedError


def ring(
    connection: Connection,
    gateway: OutboundGateway,
    talk: Talk,
    leg: Leg,
    language: Language,
    at: datetime,
) -> tuple[Directive, ...]:
    """What the browser's call does: ring the citizen, if the outbound gateway lets it."""
    assert leg.staff_id is not None
    asked = Dial((talk.citizen,), RING_SECONDS, TALK_SECONDS, (), language)
    wish = DialWish(leg.call_sid, "0.0", PURPOSE, asked, staff_actor(leg.staff_id))
    if not gateway.clear(connection, wish, at):
        store.change_leg(connection, leg.id, trouble="refused")
        return (HangUp(),)
    return (asked,)


def has_answered(connection: Connection, talk: Talk) -> bool:
    """Whether the citizen whom we dial is on the line."""
    query = select(Call.status).where(Call.sid == citizens_call(connection, talk))
    return connection.execute(query).scalar_one_or_none() == "in-progress"


def citizens_call(connection: Connection, talk: Talk) -> str:
    """The citizen's own call; that of one we dial is found by the browser's."""
    if talk.call_sid:
        return talk.call_sid
    agent = next((one for one in store.legs(connection, talk.id) if one.call_sid), None)
    if agent is None:
        return ""
    query = select(Call.sid).where(Call.parent_sid == agent.call_sid, Call.ended_at.is_(None))
    return connection.execute(query.order_by(Call.id.desc()).limit(1)).scalar_one_or_none() or ""
