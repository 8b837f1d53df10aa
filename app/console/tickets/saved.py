"""Filters that somebody keeps for themselves: saving, renaming, deleting."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.console.tickets.filtering import chosen_by
from app.people.access.visitor import Visitor
from app.tickets.errors import TicketError
from app.tickets.filters.service import delete_filter, rename_filter, save_filter
from app.web.access import ViewTickets
from app.web.pages import language_of
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/filters", include_in_schema=False)

Text = Annotated[str, Form()]
LIST = "/console/tickets"


@router.post("")
def save(request: Request, visitor: ViewTickets, name: Text = "", query: Text = "") -> Response:
    """Keep the filter of a list under a name."""
    site = site_of(request)
    chosen = chosen_by(parse_qsl(query), visitor, site.clock.now())
    try:
        with site.database.writing() as connection:
            save_filter(connection, _staff(visitor), name, chosen.query, site.clock.now())
    except TicketError as error:
        raise ProblemError(422, error.said(language_of(request, visitor))) from error
    return RedirectResponse(chosen.address(LIST), 303)


@router.post("/{filter_id}/rename")
def rename(request: Request, visitor: ViewTickets, filter_id: int, name: Text = "") -> Response:
    """Call one of them something else."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            found = rename_filter(connection, _staff(visitor), filter_id, name)
    except TicketError as error:
        raise ProblemError(422, error.said(language_of(request, visitor))) from error
    if not found:
        raise ProblemError(404)
    return RedirectResponse(LIST, 303)


@router.post("/{filter_id}/delete")
def delete(request: Request, visitor: ViewTickets, filter_id: int) -> Response:
    """Forget one of them."""
    with site_of(request).database.writing() as connection:
        found = delete_filter(connection, _staff(visitor), filter_id)
    if not found:
        raise ProblemError(404)
    return RedirectResponse(LIST, 303)


def _staff(visitor: Visitor) -> int:
    assert visitor.staff_id is not None
    return visitor.staff_id
