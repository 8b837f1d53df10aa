"""Moving a ticket along: take it, call back, begin, wait, resume, resolve, reopen."""

from datetime import datetime, time, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.naming import Names
from app.console.tickets.forms import Asked, Deed, Extras, Written, at_once, carry_out, show
from app.flows.hours import COUNTY_TIME
from app.tickets.errors import RefusedError
from app.tickets.handover.service import claim
from app.tickets.households.queries import find_caller
from app.tickets.lists.rows import WholeTicket
from app.tickets.notes.service import add_note
from app.tickets.service import transition
from app.web.access import WorkTickets
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)

OFFICE_BEGINS = time(9)
WAITS = {"tomorrow": 1, "days3": 3, "days7": 7}  # choices of a form, in days


@router.post("/acknowledge")
def acknowledge(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Take a ticket; of two people at once, one learns who was first."""
    return at_once(Asked(request, visitor, number, "acknowledge", written), _acknowledge)


@router.post("/start")
def start(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Begin work."""
    return at_once(Asked(request, visitor, number, "start", written), _start)


@router.post("/resume")
def resume(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """End a wait."""
    return at_once(Asked(request, visitor, number, "resume", written), _start)


@router.get("/contact")
def contact_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Call the caller: the number, and room for what was said."""
    return show(Asked(request, visitor, number, "contact"), _contact_extras)


@router.post("/contact")
def contact(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Note what was said, and begin work."""
    asked = Asked(request, visitor, number, "contact", written)
    return carry_out(asked, _contact, _contact_extras)


@router.get("/wait")
def wait_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Put a ticket on hold: for what, until when."""
    return show(Asked(request, visitor, number, "wait"), _wait_extras)


@router.post("/wait")
def wait(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """The clocks stop until then."""
    return carry_out(Asked(request, visitor, number, "wait", written), _wait, _wait_extras)


@router.get("/resolve")
def resolve_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Resolve: what the caller will be told."""
    return show(Asked(request, visitor, number, "resolve"))


@router.post("/resolve")
def resolve(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """The caller will be asked whether it is settled."""
    return carry_out(Asked(request, visitor, number, "resolve", written), _resolve)


@router.get("/reopen")
def reopen_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Reopen: why."""
    return show(Asked(request, visitor, number, "reopen"))


@router.post("/reopen")
def reopen(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Both clocks begin anew."""
    return carry_out(Asked(request, visitor, number, "reopen", written), _reopen)


def _acknowledge(deed: Deed) -> None:
    claim(deed.connection, deed.number, deed.staff_id, deed.at)


def _start(deed: Deed) -> None:
    transition(deed.connection, deed.number, "in_progress", deed.actor, "", deed.at)


def _contact(deed: Deed) -> None:
    said, key = deed.written["note"], deed.written["key"]
    add_note(
        deed.connection, deed.number, said, deed.actor, deed.at, key=f"form:{key}", told_by="call"
    )
    _start(deed)


def _contact_extras(
    connection: Connection, ticket: WholeTicket, _names: Names, asked: Asked
) -> Extras:
    known = None if ticket.hidden else find_caller(connection, ticket.caller)
    return {
        "best_time": known.best_time if known else "",
        "key": site_of(asked.request).identities.random_id(),
    }


def _wait(deed: Deed) -> None:
    until = wait_until(deed.written["until"], deed.written["until_at"], deed.at)
    why = deed.written["why"]
    transition(deed.connection, deed.number, "waiting", deed.actor, why, deed.at, until=until)


def _wait_extras(
    _connection: Connection, _ticket: WholeTicket, _names: Names, asked: Asked
) -> Extras:
    now = site_of(asked.request).clock.now().astimezone(COUNTY_TIME)
    return {"waits": list(WAITS), "earliest": f"{now:%Y-%m-%dT%H:%M}"}


def _resolve(deed: Deed) -> None:
    transition(
        deed.connection, deed.number, "resolved", deed.actor, deed.written["outcome"], deed.at
    )


def _reopen(deed: Deed) -> None:
    why = deed.written["why"]
    if not why.strip():
        raise RefusedError("请写明重新打开的原因。", "Say why it is reopened.")
    transition(deed.connection, deed.number, "reopened", deed.actor, why, deed.at)


def wait_until(choice: str, written: str, at: datetime) -> datetime:
    """When a wait ends: at nine on the morning some days ahead, or as written in county time.

    Raises RefusedError when neither makes sense.
    """
    if choice in WAITS:
        day = at.astimezone(COUNTY_TIME).date() + timedelta(days=WAITS[choice])
        return datetime.combine(day, OFFICE_BEGINS, COUNTY_TIME)
    try:
        return datetime.fromisoformat(written).replace(tzinfo=COUNTY_TIME)
    except ValueError as error:
        raise RefusedError("请选择等到什么时候。", "Choose until when it waits.") from error
