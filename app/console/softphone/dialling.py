"""Ringing the caller of a ticket from one's own browser."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.console.tickets.forms import Asked, Deed, Written, at_once
from app.softphone.errors import SoftphoneError
from app.softphone.outgoing import dial
from app.web.access import WorkTickets
from app.web.pages import language_of
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter()


@router.post("/dial/{number}")
def dial_caller(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Ask the visitor's telephone to ring the caller; what the way out refuses is told."""
    site = site_of(request)
    token = site.identities.random_id()

    def do(deed: Deed) -> None:
        deed.insist_on_sight()
        dial(
            deed.connection,
            site.gateway,
            deed.staff_id,
            deed.ticket.caller,
            deed.number,
            deed.ticket.language,
            token,
            deed.at,
        )

    try:
        return at_once(Asked(request, visitor, number, "dial", written), do)
    except SoftphoneError as error:
        raise ProblemError(409, error.said(language_of(request, visitor))) from error
