"""The seal: putting it on, taking it off, and looking behind it, which the audit records."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import true

from app.console.naming import names_for
from app.console.tickets.forms import Asked, Deed, Written, carry_out, perform, show
from app.people.access.rights import Right
from app.tickets.errors import TicketError
from app.tickets.lists.queries import find_ticket
from app.tickets.seal import service as seals
from app.tickets.seal.sight import viewer_of
from app.web.access import UnsealTickets, WorkTickets
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@router.get("/seal")
def seal_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Seal: why."""
    return show(Asked(request, visitor, number, "seal"))


@router.post("/seal")
def seal(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Hide the caller."""
    return carry_out(Asked(request, visitor, number, "seal", written), _seal)


@router.get("/unseal")
def unseal_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Lift the seal: why."""
    return show(Asked(request, visitor, number, "unseal"))


@router.post("/unseal")
def unseal(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Show the caller to everybody who may see the ticket."""
    return carry_out(Asked(request, visitor, number, "unseal", written), _unseal)


@router.get("/reveal")
def reveal_form(request: Request, visitor: UnsealTickets, number: str) -> Response:
    """Look behind the seal: why."""
    return show(Asked(request, visitor, number, "reveal", right=Right.tickets_view))


@router.post("/reveal")
def reveal(request: Request, visitor: UnsealTickets, number: str, written: Written) -> Response:
    """Who is behind the seal, shown once; the audit says who looked."""
    asked = Asked(request, visitor, number, "reveal", written, Right.tickets_view)
    try:
        perform(asked, _look)
    except TicketError as error:
        return show(asked, error=error.said(language_of(request, visitor)), status=422)
    with site_of(request).database.reading() as connection:
        ticket = find_ticket(connection, number, true(), viewer_of(visitor))
        assert ticket is not None
        names = names_for(request, visitor, connection, [ticket.owner_id])
    template = "ticket/revealed.html" if asked.in_dialog else "ticket/revealed_page.html"
    return render(
        request,
        template,
        visitor=visitor,
        ticket=ticket,
        names=names,
        in_dialog=asked.in_dialog,
    )


def _seal(deed: Deed) -> None:
    seals.seal(deed.connection, deed.number, deed.actor, deed.written["why"], deed.at)


def _unseal(deed: Deed) -> None:
    """Only who sees the caller, or may look behind the seal, may show them to others."""
    place = {"department": deed.ticket.department, "region": deed.ticket.region}
    if not deed.visitor.may(Right.tickets_unseal, **place):
        deed.insist_on_sight()
    seals.unseal(deed.connection, deed.number, deed.actor, deed.written["why"], deed.at)


def _look(deed: Deed) -> None:
    ticket = deed.ticket
    deed.visitor.insist(Right.tickets_unseal, department=ticket.department, region=ticket.region)
    seals.look_behind(deed.connection, deed.number, deed.actor, deed.written["why"], deed.at)
