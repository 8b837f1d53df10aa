"""The page of one ticket: how it stands, what happened, who is behind it, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.console.calls.places import Places
from app.console.naming import Names, names_for
from app.console.tickets.clocks import ClockView, clocks_of
from app.console.tickets.history import history_of
from app.console.tickets.lines import Line, line_of, title_of
from app.console.tickets.menu import Choice, menu_of
from app.console.tickets.readings import suggested
from app.console.tickets.remarks import remark
from app.console.tickets.sight import Powers, reach, viewer, visible
from app.console.tickets.steps import Button, button_of
from app.mediation.cases.lists import of_ticket_or_call
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.attachments.queries import attachments_of
from app.tickets.changes import staff_of
from app.tickets.errors import UnknownTicketError
from app.tickets.handover.queries import StandingOffer, standing_offer
from app.tickets.households.queries import (
    CallerCard,
    HouseholdView,
    caller_card,
    find_household,
)
from app.tickets.links.queries import family, links_of, merged_numbers, number_of
from app.tickets.lists.rows import WholeTicket
from app.tickets.lists.steps import next_step
from app.web import times
from app.web.access import ViewTickets, ViewTicketsPassively
from app.web.pages import render
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands: what changes while its page is open."""

    ticket: WholeTicket
    title: str
    powers: Powers
    names: Names
    clocks: Sequence[ClockView]
    step: Button
    menu: Sequence[Choice]
    offer: StandingOffer | None
    survivor: str


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind a ticket, and what else there is of them."""

    card: CallerCard | None
    household: HouseholdView | None
    others: Sequence[Line]


@router.get("")
def ticket_page(request: Request, visitor: ViewTickets, number: str) -> Response:
    """The page; with `print=1` the sheet to be printed."""
    with site_of(request).database.reading() as connection:
        standing = _standing(request, visitor, connection, number)
        context = _context(request, visitor, connection, standing)
    sheet = request.query_params.get("print") == "1"
    template = "ticket/sheet.html" if sheet else "ticket/page.html"
    return render(request, template, visitor=visitor, **context)


@router.get("/live")
def ticket_live(request: Request, visitor: ViewTicketsPassively, number: str) -> Response:
    """What changes while the page is open: its head."""
    with site_of(request).database.reading() as connection:
        standing = _standing(request, visitor, connection, number)
    return render(request, "ticket/head.html", visitor=visitor, standing=standing)


@router.get("/history")
def ticket_history(request: Request, visitor: ViewTicketsPassively, number: str) -> Response:
    """What happened."""
    with site_of(request).database.reading() as connection:
        ticket, powers = _visible(connection, visitor, number)
        ids = family(connection, ticket.id)
        history = history_of(request, visitor, connection, ticket, ids)
    return render(
        request,
        "ticket/history.html",
        visitor=visitor,
        ticket=ticket,
        powers=powers,
        history=history[::-1],
    )


@router.get("/side")
def ticket_side(request: Request, visitor: ViewTicketsPassively, number: str) -> Response:
    """The cards beside the history."""
    with site_of(request).database.reading() as connection:
        standing = _standing(request, visitor, connection, number)
        context = _context(request, visitor, connection, standing)
    return render(request, "ticket/side.html", visitor=visitor, **context)


def _visible(connection: Connection, visitor: Visitor, number: str) -> tuple[WholeTicket, Powers]:
    try:
        return visible(connection, visitor, number)
    except UnknownTicketError as error:
        raise HTTPException(404) from error


def _standing(request: Request, visitor: Visitor, connection: Connection, number: str) -> Standing:
    ticket, powers = _visible(connection, visitor, number)
    offer = standing_offer(connection, ticket.id)
    people = [ticket.owner_id, staff_of(ticket.opened_by)]
    if offer is not None:
        people += [offer.from_staff_id, offer.to_staff_id]
    names = names_for(request, visitor, connection, people)
    step = next_step(ticket, visitor.staff_id, is_offered=powers.offered)
    merged_into = ticket.merged_into_id
    return Standing(
        ticket=ticket,
        title=title_of(ticket, names),
        powers=powers,
        names=names,
        clocks=clocks_of(ticket),
        step=button_of(step),
        menu=menu_of(ticket, powers, offer),
        offer=offer,
        survivor=(number_of(connection, merged_into) or "") if merged_into else "",
    )


def _context(
    request: Request, visitor: Visitor, connection: Connection, standing: Standing
) -> dict[str, Any]:
    """Everything the page shows besides how the ticket stands."""
    ticket = standing.ticket
    site = site_of(request)
    ids = family(connection, ticket.id)
    history = history_of(request, visitor, connection, ticket, ids)
    return {
        "standing": standing,
        "remark": remark(
            ticket.note, standing.names, Places(site.library, standing.names.language)
        ),
        "ticket": ticket,
        "powers": standing.powers,
        "names": standing.names,
        "history": history[::-1],
        "story": history,
        "opened_by": standing.names.actor(ticket.opened_by),
        "behind": _behind(visitor, connection, ticket, standing.names),
        "links": links_of(connection, ticket.id),
        "merged": merged_numbers(connection, ids),
        "disputes": () if ticket.hidden else of_ticket_or_call(connection, ticket_id=ticket.id),
        "may_lead": standing.powers.work and visitor.may(Right.mediations_lead),
        "files": () if ticket.hidden else attachments_of(connection, ids),
        "hits": suggested(site.shelf, ticket),
        "words": "",
        "clause": None,
        "key": site.identities.random_id(),
        "seen": times.iso(site.clock.now()),
    }


def _behind(visitor: Visitor, connection: Connection, ticket: WholeTicket, names: Names) -> Behind:
    """The card of the caller's telephone, and the tickets that are open with it."""
    if ticket.hidden:
        return Behind(None, None, ())
    card = caller_card(connection, ticket.caller, reach(visitor), viewer(visitor))
    household = card.household if card else None
    if household is None and ticket.household_id is not None:
        household = find_household(connection, household_id=ticket.household_id)
    others = [other for other in card.tickets if other.id != ticket.id] if card else []
    return Behind(card, household, [line_of(other, names, visitor) for other in others])
