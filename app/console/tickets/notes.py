"""Writing notes on a ticket, for colleagues or told to the caller."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.console.tickets.forms import Asked, Deed, Written, at_once
from app.tickets.errors import RefusedError
from app.tickets.notes.service import add_note, tell_by_text
from app.web.access import WorkTickets

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@router.post("/notes")
def note(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Keep a note; by `way` the caller was told it too, or is told it now by text."""
    return at_once(Asked(request, visitor, number, "note", written), _note)


def _note(deed: Deed) -> None:
    body, key = deed.written["body"], f"form:{deed.written['key']}"
    match deed.written["way"]:
        case "sms":
            tell_by_text(deed.connection, deed.number, body, deed.actor, deed.at, key=key)
        case "" | "call" | "portal" as way:
            add_note(deed.connection, deed.number, body, deed.actor, deed.at, key=key, told_by=way)
        case _:
            raise RefusedError("请选择告知方式。", "Choose how the caller is told.")
