"""Opening a case with one click: from a ticket, from a call, or for somebody at the desk."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection, select

from app.calls.log import queries as calls
from app.calls.log.sight import sight_of
from app.console.disputes.forms import Fields, Written
from app.console.tickets.sight import visible as visible_ticket
from app.flows.directory import Directory
from app.mediation.cases.errors import DisputeError, NumberTakenError
from app.mediation.cases.models import DisputeCase
from app.mediation.cases.opening import (
    Opener,
    open_blank,
    open_from_call,
    open_from_ticket,
    ticket_begun_by,
)
from app.people.access.visitor import Visitor
from app.tickets.errors import UnknownTicketError
from app.web.access import LeadMediations
from app.web.pages import language_of
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes", include_in_schema=False)

TRIES = 5  # fresh numbers before giving up: one in nine million is taken


@router.post("")
def open_one(request: Request, visitor: LeadMediations, written: Written) -> Response:
    """Open a case from `ticket`, `call`, or of a `kind`; go to it, also if it was there already."""
    try:
        number = _open(request, visitor, written)
    except UnknownTicketError as error:
        raise ProblemError(404, error.said(language_of(request, visitor))) from error
    except DisputeError as error:
        raise ProblemError(422, error.said(language_of(request, visitor))) from error
    return RedirectResponse(f"/console/disputes/{number}", 303)


def _open(request: Request, visitor: Visitor, written: Fields) -> str:
    site = site_of(request)
    for _ in range(TRIES):
        opener = Opener(
            site.identities.ticket_number(), visitor.actor, visitor.staff_id, site.clock.now()
        )
        try:
            with site.database.writing() as connection:
                case_id = _open_with(connection, request, visitor, written, opener)
                of_id = select(DisputeCase.number).where(DisputeCase.id == case_id)
                return connection.execute(of_id).scalar_one()
        except NumberTakenError:
            continue
    raise NumberTakenError


def _open_with(
    connection: Connection, request: Request, visitor: Visitor, written: Fields, opener: Opener
) -> int:
    site = site_of(request)
    directory = site.library.current.directory
    if written["ticket"]:
        ticket, _ = visible_ticket(connection, visitor, written["ticket"])
        return open_from_ticket(connection, ticket, directory, opener)
    if written["call"]:
        found = calls.find_call(connection, written["call"], sight_of(visitor))
        if found is None or found.listed.call.hidden:
            raise DisputeError("没有这个来电。", "There is no such call.")
        return _open_of_call(connection, visitor, written["call"], directory, opener)
    key = written["key"] or site.identities.random_id()
    return open_blank(connection, written["kind"], directory, key, opener)


def _open_of_call(
    connection: Connection, visitor: Visitor, sid: str, directory: Directory, opener: Opener
) -> int:
    """The case of the ticket that a call began, if there is one: a matter has one case."""
    if number := ticket_begun_by(connection, sid):
        with suppress(UnknownTicketError):
            ticket, _ = visible_ticket(connection, visitor, number)
            return open_from_ticket(connection, ticket, directory, opener)
    return open_from_call(connection, sid, directory, opener)
