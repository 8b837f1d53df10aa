"""Who is behind a ticket: setting it right, and calling them back by the hotline's own line."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.calls.outbound.rules import NotAllowedError
from app.console.naming import Names
from app.console.tickets.forms import Asked, Deed, Extras, Written, at_once, carry_out, show
from app.tickets.amendments import Amendment, amend
from app.tickets.callbacks.service import call_back
from app.tickets.errors import RefusedError
from app.tickets.households.queries import find_caller, find_household
from app.tickets.households.service import Profile, save_caller
from app.tickets.lists.rows import WholeTicket
from app.tickets.phones import e164
from app.web.access import WorkTickets
from app.web.pages import language_of
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@router.get("/caller")
def caller_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """The caller: name, telephone, language, best time, household."""
    return show(Asked(request, visitor, number, "caller"), _known)


@router.post("/caller")
def change_caller(
    request: Request, visitor: WorkTickets, number: str, written: Written
) -> Response:
    """Set it right, on the ticket and for the next time this telephone calls."""
    return carry_out(Asked(request, visitor, number, "caller", written), _change, _known)


@router.post("/callback")
def ring(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Ring the telephone of whoever asks, and then the caller's."""
    site = site_of(request)
    token = site.identities.random_id()

    def do(deed: Deed) -> None:
        deed.insist_on_sight()
        call_back(deed.connection, deed.number, deed.staff_id, deed.at, token, site.gateway)

    try:
        return at_once(Asked(request, visitor, number, "callback", written), do)
    except NotAllowedError as error:
        raise ProblemError(409, error.said(language_of(request, visitor))) from error


def _known(connection: Connection, ticket: WholeTicket, _names: Names, asked: Asked) -> Extras:
    known = find_caller(connection, ticket.caller)
    household = (
        find_household(connection, household_id=ticket.household_id)
        if ticket.household_id is not None
        else None
    )
    languages = site_of(asked.request).library.current.directory.languages
    return {
        "best_time": known.best_time if known else "",
        "household": household.code if household else "",
        "languages": list(languages),
    }


def _change(deed: Deed) -> None:
    """A household is found by its code; what was left out of the register stays out of here."""
    deed.insist_on_sight()
    written = deed.written
    phone = _phone(written["phone"])
    code = written["household"].strip()
    household = find_household(deed.connection, code=code) if code else None
    if code and household is None:
        raise RefusedError(f"没有户号 {code}，请核对。", f"There is no household {code}; check it.")
    household_id = household.id if household else None
    name, language = written["name"].strip(), written["language"]
    change = Amendment(
        caller=phone, caller_name=name, language=language or None, household_id=household_id
    )
    amend(deed.connection, deed.number, change, deed.actor, deed.at)
    if phone:
        profile = Profile(
            name=name or None,
            household_id=household_id,
            language=language or None,
            best_time=written["best_time"].strip(),
        )
        save_caller(deed.connection, phone, profile, deed.at)


def _phone(written: str) -> str:
    """A telephone as written, in E.164; "" for none. Raises RefusedError for what is none."""
    phone = e164(written) if written.strip() else ""
    if written.strip() and not phone:
        raise RefusedError(
            "这个号码不对，请再核对一下。", "This is not a telephone number; check it."
        )
    return phone
