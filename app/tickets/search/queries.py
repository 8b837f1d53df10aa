"""Finding tickets by whatever somebody types: number, telephone, name, or words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select
from sqlalchemy.orm import aliased

from app.database import blind_index
from app.flows.check_digit import is_valid
from app.tickets.lists.paging import Cursor, Page, beyond, page_of
from app.tickets.lists.rows import ListedTicket
from app.tickets.models import IS_NAMED, Ticket
from app.tickets.notes.queries import notes_of
from app.tickets.phones import e164
from app.tickets.seal.sight import Viewer, seen_by
from app.tickets.search.models import TicketTerm
from app.tickets.search.terms import contains, query_terms

How = Literal["number", "phone", "name", "words", "nothing"]

NUMBER_LENGTH = 8
FEWEST_DIGITS = 7  # of a telephone number
MOST_TERMS = 6  # of the rarest terms are asked for; the words themselves decide
COUNT_UP_TO = 1_000  # how far terms are counted to find the rarest
BATCH = 100  # candidates that are decrypted at once
MOST_CANDIDATES = 500  # of one page


_READ: tuple[Any, ...] = (
    Ticket.id,
    Ticket.opened_at,
    Ticket.subject,
    Ticket.words,
    Ticket.place,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, and by what the query was understood."""

    how: How
    page: Page[ListedTicket]


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who searches, and where they may look."""

    scope: ColumnElement[bool]
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a query may be; by what is personal, sealed tickets are not found."""

    how: How
    condition: ColumnElement[bool]
    is_personal: bool = True


def search(
    connection: Connection,
    query: str,
    seeker: Seeker,
    *,
    after: Cursor | None = None,
    limit: int = 30,
) -> Found:
    """Tickets by their number, else by their caller's telephone or name, else by their words.

    The newest come first. By telephone, name and words a sealed ticket is found only by those who
    may see its caller. A single character finds nothing.
    """
    query = query.strip()
    for meaning in _meanings(query):
        if _is_any(connection, meaning, seeker):
            return Found(meaning.how, _page(connection, meaning, seeker, after, limit))
    words = query_terms(query)
    if not words:
        return Found("nothing", Page((), None))
    return Found("words", _by_words(connection, query, words, seeker, after, limit))


def _meanings(query: str) -> Iterator[_Meaning]:
    """What a query may be other than words, the surest first."""
    compact = "".join(query.split())
    if len(compact) == NUMBER_LENGTH and compact.isdigit() and is_valid(compact):
        yield _Meaning("number", Ticket.number == compact, is_personal=False)
    digits = sum(character.isdigit() for character in compact)
    if digits >= FEWEST_DIGITS and (phone := e164(query)):
        yield _Meaning("phone", Ticket.caller_index == blind_index(phone))
    if query:
        yield _Meaning("name", (Ticket.caller_name_index == blind_index(query)) & IS_NAMED)


def _where(meaning: _Meaning, seeker: Seeker) -> list[ColumnElement[bool]]:
    sight = [seen_by(seeker.viewer)] if meaning.is_personal else []
    return [meaning.condition, seeker.scope, *sight]


def _is_any(connection: Connection, meaning: _Meaning, seeker: Seeker) -> bool:
    query = select(Ticket.id).where(*_where(meaning, seeker)).limit(1)
    return connection.execute(query).first() is not None


def _page(
    connection: Connection, meaning: _Meaning, seeker: Seeker, after: Cursor | None, limit: int
) -> Page[ListedTicket]:
    query = ListedTicket.query().where(*_where(meaning, seeker))
    if after is not None:
        query = query.where(beyond(Ticket.opened_at, Ticket.id, after, falling=True))
    newest = query.order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(limit + 1)
    lines = ListedTicket.all_shown(connection.execute(newest), seeker.viewer)
    return page_of(lines, limit, lambda ticket: Cursor(ticket.opened_at, ticket.id))


def _by_words(
    connection: Connection,
    query: str,
    words: set[int],
    seeker: Seeker,
    after: Cursor | None,
    limit: int,
) -> Page[ListedTicket]:
    """Candidates by their terms, the latest registered first, kept when their words do agree."""
    terms = _rarest(connection, words)
    ids: list[int] = []
    for _ in range(MOST_CANDIDATES // BATCH):
        batch = connection.execute(_candidates(terms, seeker, after)).all()
        agreed = _agreed(connection, batch, query)
        for row in batch:
            after = Cursor(row.opened_at, row.id)
            if row.id in agreed:
                ids.append(row.id)
            if len(ids) == limit:
                return Page(_listed(connection, ids, seeker), after)
        if len(batch) < BATCH:
            return Page(_listed(connection, ids, seeker), None)
    return Page(_listed(connection, ids, seeker), after)


def _agreed(connection: Connection, batch: Sequence[Row[Any]], query: str) -> set[int]:
    """Those of the candidates whose words, or else words and notes, contain the query."""
    own = {row.id: (row.subject, row.words, row.place) for row in batch}
    agreed = {ticket_id for ticket_id, texts in own.items() if contains(texts, query)}
    doubtful = own.keys() - agreed
    notes = notes_of(connection, doubtful) if doubtful else {}
    return agreed | {
        ticket_id for ticket_id in notes if contains((*own[ticket_id], *notes[ticket_id]), query)
    }


def _rarest(connection: Connection, words: set[int]) -> list[int]:
    """The terms that few tickets have, the rarest first: it leads, the others are looked up."""

    def count(term: int) -> int:
        some = select(TicketTerm.term).where(TicketTerm.term == term).limit(COUNT_UP_TO)
        return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()

    return sorted(words, key=count)[:MOST_TERMS]


def _candidates(terms: list[int], seeker: Seeker, after: Cursor | None) -> Select[Any]:
    first, others = terms[0], terms[1:]
    query: Select[Any] = (
        select(*_READ)
        .join(TicketTerm, TicketTerm.ticket_id == Ticket.id)
        .where(TicketTerm.term == first, seeker.scope, seen_by(seeker.viewer))
        .order_by(TicketTerm.ticket_id.desc())
        .limit(BATCH)
    )
    for term in others:
        other = aliased(TicketTerm)
        same = (other.term == term) & (other.ticket_id == TicketTerm.ticket_id)
        query = query.where(exists().where(same))
    return query if after is None else query.where(TicketTerm.ticket_id < after.id)


def _listed(connection: Connection, ids: list[int], seeker: Seeker) -> list[ListedTicket]:
    if not ids:
        return []
    rows = connection.execute(
        ListedTicket.query().where(Ticket.id.in_(ids)).order_by(Ticket.id.desc())
    )
    return ListedTicket.all_shown(rows, seeker.viewer)
