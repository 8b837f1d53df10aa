"""The policy clause to read aloud: finding it, and ticking how far it was read (R11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.console.tickets.forms import Asked, Deed, Written, at_once
from app.console.tickets.sight import visible
from app.flows.context import ArticleText
from app.policies.shelf import PolicyShelf
from app.tickets.errors import RefusedError, UnknownTicketError
from app.tickets.lists.rows import WholeTicket
from app.tickets.readings.models import Extent
from app.tickets.readings.queries import readings_of
from app.tickets.readings.service import note_reading
from app.web.access import ViewTickets, WorkTickets
from app.web.pages import render
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)

HITS = 6  # of a search
SUGGESTED = 3  # before anybody has searched
PARTS = ("full", "short")


@dataclass(frozen=True, slots=True)
class Clause:
    """An article on the screen, in the caller's language, and how often it was read to them."""

    text: ArticleText
    reviewed: date
    counts: Mapping[tuple[str, str], int]


@router.get("/clauses")
def clauses(
    request: Request, visitor: ViewTickets, number: str, q: str = "", article: str = ""
) -> Response:
    """The clauses that answer some words, or one of them to be read."""
    shelf = site_of(request).shelf
    with site_of(request).database.reading() as connection:
        try:
            ticket, powers = visible(connection, visitor, number)
        except UnknownTicketError as error:
            raise HTTPException(404) from error
        chosen = clause_of(connection, shelf, ticket, article) if article else None
    in_page = "hx-request" in request.headers
    return render(
        request,
        "ticket/clauses.html" if in_page else "ticket/clauses_page.html",
        visitor=visitor,
        ticket=ticket,
        powers=powers,
        words=q,
        clause=chosen,
        hits=hits(shelf, q, ticket) if q.strip() else suggested(shelf, ticket),
    )


@router.post("/readings")
def reading(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Keep that a clause was read to the caller: whole, or cut short."""
    shelf = site_of(request).shelf

    def do(deed: Deed) -> None:
        article, part, extent = (deed.written[name] for name in ("article", "part", "extent"))
        if not shelf.has(article) or part not in PARTS or extent not in ("whole", "cut"):
            raise RefusedError("没有这条条文。", "There is no such clause.")
        how = cast("Extent", extent)
        note_reading(deed.connection, deed.number, article, part, deed.staff_id, how, deed.at)

    return at_once(Asked(request, visitor, number, "reading", written), do)


def hits(shelf: PolicyShelf, words: str, ticket: WholeTicket) -> list[ArticleText]:
    """The articles nearest to some words, in the caller's language."""
    return [shelf.read(key, ticket.language) for key in shelf.search(words, ticket.language, HITS)]


def suggested(shelf: PolicyShelf, ticket: WholeTicket) -> list[ArticleText]:
    """What may be wanted before anybody has searched: by the appeal's words, then its category."""
    keys = list(shelf.search(ticket.words, ticket.language, SUGGESTED)) if ticket.words else []
    all_keys = shelf.keys()
    same = [key for key in all_keys if shelf.article(key).category == ticket.category]
    keys += [key for key in same if key not in keys]
    return [shelf.read(key, ticket.language) for key in keys[:SUGGESTED]]


def clause_of(
    connection: Connection, shelf: PolicyShelf, ticket: WholeTicket, key: str
) -> Clause | None:
    """An article to be read to the caller of a ticket; None for an unknown key."""
    if not shelf.has(key):
        return None
    counts: dict[tuple[str, str], int] = {}
    for one in readings_of(connection, [ticket.id]):
        if one.article == key:
            counts[one.part, one.extent] = counts.get((one.part, one.extent), 0) + 1
    return Clause(shelf.read(key, ticket.language), shelf.article(key).reviewed, counts)
