"""Reads of callers and households."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from app.calls.log.sight import open_to
from app.calls.models import Call
from app.database import blind_index
from app.tickets.households.models import Caller, Household
from app.tickets.lists.rows import ListedTicket
from app.tickets.models import IS_OPEN, Satisfaction, Ticket
from app.tickets.seal.sight import Viewer, seen_by

SHOWN = 10  # calls and tickets on a card


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household, for staff."""

    id: int
    code: str
    region: str
    village: str
    head: str
    members: int


@dataclass(frozen=True, slots=True)
class CallerView:
    """What is known of the person at a telephone."""

    phone: str
    name: str
    language: str
    best_time: str
    household_id: int | None


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call from or to a telephone."""

    sid: str
    direction: str
    status: str
    started_at: datetime
    seconds: int | None


@dataclass(frozen=True, slots=True)
class CallerCard:
    """All that is known of a telephone, on one card; the newest calls and tickets come first."""

    caller: CallerView | None
    household: HouseholdView | None
    calls: Sequence[PastCall]
    call_count: int
    tickets: Sequence[ListedTicket]
    ticket_count: int
    open_count: int
    last_satisfaction: Satisfaction


def household_of(connection: Connection, phone: str) -> int | None:
    """The id of the household a telephone belongs to, when it is known."""
    if not phone.startswith("+"):
        return None
    known = select(Caller.household_id).where(Caller.phone_index == blind_index(phone))
    return connection.execute(known).scalar_one_or_none()


def language_of(connection: Connection, caller: str) -> str:
    """The language that a telephone's calls begin in; empty when none is known."""
    if not caller.startswith("+"):
        return ""
    known = select(Caller.language).where(Caller.phone_index == blind_index(caller))
    return connection.execute(known).scalar_one_or_none() or ""


def find_caller(connection: Connection, phone: str) -> CallerView | None:
    """What is known of a telephone, or None."""
    columns = (getattr(Caller, name) for name in CallerView.__slots__)
    row = connection.execute(
        select(*columns).where(Caller.phone_index == blind_index(phone))
    ).one_or_none()
    return None if row is None else CallerView(*row)


def find_household(
    connection: Connection, *, household_id: int | None = None, code: str = ""
) -> HouseholdView | None:
    """A household by its id or its code, or None."""
    columns = (getattr(Household, name) for name in HouseholdView.__slots__)
    which = Household.id == household_id if household_id is not None else Household.code == code
    row = connection.execute(select(*columns).where(which)).one_or_none()
    return None if row is None else HouseholdView(*row)


def caller_card(
    connection: Connection, phone: str, scope: ColumnElement[bool], viewer: Viewer
) -> CallerCard | None:
    """The card of a telephone; None when the number is withheld, for nobody is behind it.

    Tickets outside the scope, and sealed ones whose caller the viewer may not see, are neither
    shown nor counted, and so are the calls about those: by their telephone they are not found.
    """
    if not phone.startswith("+"):
        return None
    index = blind_index(phone)
    caller = find_caller(connection, phone)
    household_id = caller.household_id if caller else None
    own = (Ticket.caller_index == index, scope, seen_by(viewer))
    tickets = connection.execute(
        ListedTicket.query().where(*own).order_by(*_NEWEST_TICKETS).limit(SHOWN)
    )
    calls, call_count = _calls(connection, Call.caller_index == index, open_to(viewer))
    ticket_count, open_count, last_word = _history(connection, own)
    return CallerCard(
        caller,
        None if household_id is None else find_household(connection, household_id=household_id),
        calls,
        call_count,
        ListedTicket.all_shown(tickets, viewer),
        ticket_count,
        open_count,
        last_word,
    )


_NEWEST_TICKETS = (Ticket.opened_at.desc(), Ticket.id.desc())


def _calls(connection: Connection, *where: ColumnElement[bool]) -> tuple[list[PastCall], int]:
    """The newest calls, and how many there are.

    Counted for itself: that needs the index alone, and not the rows of calls of years ago.
    """
    columns = (getattr(Call, name) for name in PastCall.__slots__)
    newest = select(*columns).where(*where).order_by(Call.started_at.desc()).limit(SHOWN)
    calls = [PastCall(*row) for row in connection.execute(newest)]
    if len(calls) < SHOWN:
        return calls, len(calls)
    return calls, connection.execute(select(func.count(Call.sid)).where(*where)).scalar_one()


def _history(
    connection: Connection, own: Sequence[ColumnElement[bool]]
) -> tuple[int, int, Satisfaction]:
    """How many tickets there are, how many of them are open, and the last word about one."""
    last_word = (
        select(Ticket.satisfaction)
        .where(*own, Ticket.satisfaction != "")
        .order_by(*_NEWEST_TICKETS)
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )
    query = select(func.count(), func.count().filter(IS_OPEN), last_word).where(*own)
    total, still_open, word = connection.execute(query).one()
    return total, still_open, word or ""
