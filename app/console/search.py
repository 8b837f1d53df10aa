"""One box for everything: tickets, people and households, calls, policies."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.calls.log import queries as calls
from app.calls.log.rows import ListedCall
from app.calls.log.sight import sight_of
from app.console.calls.book import book_for
from app.console.calls.lines import Line as CallLine
from app.console.calls.lines import line_of as call_line
from app.console.calls.lines import numbers_in
from app.console.calls.places import Places
from app.console.naming import Names, names_for
from app.console.tickets.lines import Line, line_of, owners
from app.console.tickets.sight import reach
from app.database import blind_index
from app.flows.context import ArticleText
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.households.finding import Finder, FoundPerson, find_people
from app.tickets.phones import e164
from app.tickets.seal.sight import viewer_of
from app.tickets.search.queries import Found, Seeker, search
from app.web.access import ViewTickets
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(include_in_schema=False)

LONGEST = 100
TICKETS, PEOPLE, CALLS, POLICIES = 20, 8, 8, 3
FEWEST_DIGITS = 7  # of a telephone


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, by kind. `how` says as what the query was understood."""

    how: str = "nothing"
    tickets: Sequence[Line] = ()
    more_tickets: bool = False
    people: Sequence[FoundPerson] = ()
    calls: Sequence[CallLine] = ()
    policies: Sequence[ArticleText] = ()

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return bool(self.tickets or self.people or self.calls or self.policies)


@router.get("/console/search")
def page(request: Request, visitor: ViewTickets, q: str = "") -> Response:
    """The page; a ticket number leads straight to its ticket."""
    results = _results(request, visitor, q)
    if results.how == "number":
        return RedirectResponse(f"/console/tickets/{results.tickets[0].number}", 303)
    return _shown(request, visitor, q, results, "search/page.html")


@router.get("/console/search/results")
def results(request: Request, visitor: ViewTickets, q: str = "") -> Response:
    """The results alone, while somebody types."""
    return _shown(request, visitor, q, _results(request, visitor, q), "search/results.html")


def _shown(request: Request, visitor: Visitor, q: str, results: Results, template: str) -> Response:
    may_export = visitor.may(Right.tickets_export)
    return render(
        request,
        template,
        visitor=visitor,
        query=q.strip()[:LONGEST],
        results=results,
        may_export=may_export,
    )


def _results(request: Request, visitor: Visitor, q: str) -> Results:
    query = q.strip()[:LONGEST]
    if not query:
        return Results()
    site = site_of(request)
    with site.database.reading() as connection:
        found = search(connection, query, Seeker(reach(visitor), viewer_of(visitor)), limit=TICKETS)
        names = names_for(request, visitor, connection, owners(found.page.lines))
        finder = Finder(viewer_of(visitor), visitor.scope(Right.tickets_view))
        people = find_people(connection, query, finder, PEOPLE)
        lines = _calls(request, visitor, connection, names, query)
    return Results(
        found.how,
        [line_of(ticket, names, visitor) for ticket in found.page.lines],
        found.page.next is not None,
        people,
        lines,
        _policies(request, visitor, query, found),
    )


def _calls(
    request: Request, visitor: Visitor, connection: Connection, names: Names, query: str
) -> list[CallLine]:
    """The calls of a telephone, or one by its SID."""
    if not visitor.may(Right.calls_view):
        return []
    site, sight = site_of(request), sight_of(visitor)
    listed: list[ListedCall] = []
    digits = sum(letter.isdigit() for letter in query)
    if digits >= FEWEST_DIGITS and (phone := e164(query)):
        listed = calls.calls_of(connection, blind_index(phone), sight, CALLS)
    elif " " not in query and (whole := calls.find_call(connection, query, sight)):
        listed = [whole.listed]
    book = book_for(connection, names, numbers_in(listed))
    places = Places(site.library, names.language)
    return [call_line(one, book, places, site.clock.now()) for one in listed]


def _policies(request: Request, visitor: Visitor, query: str, found: Found) -> list[ArticleText]:
    """The articles that answer the words; a telephone or a number asks for none."""
    if found.how in ("number", "phone") or query.isdigit():
        return []
    shelf, language = site_of(request).shelf, language_of(request, visitor)
    return [shelf.read(key, language) for key in shelf.search(query, language, POLICIES)]
