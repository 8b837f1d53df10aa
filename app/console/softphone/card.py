"""The caller's card: what of a citizen whoever rings or talks with them may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.calls.log.sight import masked, sealed_from
from app.calls.models import Call
from app.console.naming import Names
from app.console.tickets.lines import Line, line_of
from app.console.tickets.sight import reach, viewer
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.softphone.queries import Citizen
from app.tickets.households.queries import caller_card
from app.tickets.models import IS_SEALED, Ticket
from app.web.telephones import telephone

SHOWN = 4  # tickets


@dataclass(frozen=True, slots=True)
class Card:
    """A citizen in the reader's words; a sealed one has neither name nor telephone."""

    name: str
    number: str
    village: str
    language: str
    ticket: str
    open_count: int
    tickets: Sequence[Line]
    hidden: bool


def card_of(connection: Connection, visitor: Visitor, names: Names, citizen: Citizen) -> Card:
    """The card of whoever rings or talks."""
    language = names.spoken_language(citizen.language) if citizen.language else ""
    hidden = _is_sealed(connection, visitor, citizen)
    if hidden or not visitor.may(Right.tickets_view):
        number = "" if hidden else masked(citizen.number)
        return Card("", number, "", language, "", 0, (), hidden)
    known = caller_card(connection, citizen.number, reach(visitor), viewer(visitor))
    tickets = [line_of(one, names, visitor) for one in known.tickets[:SHOWN]] if known else []
    return Card(
        known.caller.name if known and known.caller else "",
        telephone(citizen.number),
        known.household.village if known and known.household else "",
        language,
        citizen.ticket,
        known.open_count if known else 0,
        tickets,
        hidden,
    )


def _is_sealed(connection: Connection, visitor: Visitor, citizen: Citizen) -> bool:
    """Whether the call or its ticket is about a matter sealed from the visitor."""
    about = select(sealed_from(viewer(visitor))).where(Call.sid == citizen.call_sid)
    if connection.execute(about).scalar_one_or_none():
        return True
    is_others = Ticket.owner_id.is_distinct_from(visitor.staff_id)
    sealed = select(Ticket.id).where(Ticket.number == citizen.ticket, IS_SEALED, is_others)
    return connection.execute(sealed).first() is not None
