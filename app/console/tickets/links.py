"""Which tickets belong together: links, and duplicates that are merged."""

from collections.abc import Callable
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.naming import Names
from app.console.tickets.forms import (
    Asked,
    Deed,
    Extras,
    Fields,
    Written,
    at_once,
    carry_out,
    show,
    tried,
)
from app.console.tickets.lines import line_of
from app.console.tickets.sight import reach, viewer, visible, workable
from app.messages.composing import Composer
from app.tickets.errors import RefusedError, TicketError
from app.tickets.households.queries import caller_card
from app.tickets.links import merging, service
from app.tickets.links.models import LinkKind
from app.tickets.lists.rows import WholeTicket
from app.web.access import WorkTickets
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)

KINDS: tuple[LinkKind, ...] = get_args(LinkKind)


@router.get("/merge")
def merge_form(request: Request, visitor: WorkTickets, number: str, into: str = "") -> Response:
    """Merge a duplicate: into which ticket; once that is known, what would become of both."""
    asked = Asked(request, visitor, number, "merge")
    asked.written["into"] = into.strip()
    return show(asked, _merge_extras)


@router.post("/merge")
def merge(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Look first; with `sure`, merge."""
    asked = Asked(request, visitor, number, "merge", written)
    if not written["sure"]:
        return show(asked, _merge_extras)
    return carry_out(asked, _merge_by(_composer(request)), _merge_extras)


@router.get("/unmerge")
def unmerge_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Undo a merge: why."""
    return show(Asked(request, visitor, number, "unmerge"))


@router.post("/unmerge")
def unmerge(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Both stand as before."""
    return carry_out(Asked(request, visitor, number, "unmerge", written), _unmerge)


@router.get("/link")
def link_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Link a ticket: which, and how they belong together."""
    return show(Asked(request, visitor, number, "link"), _link_extras)


@router.post("/link")
def link(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Both pages then show the other."""
    return carry_out(Asked(request, visitor, number, "link", written), _link, _link_extras)


@router.post("/unlink")
def unlink(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Take a link back."""
    return at_once(Asked(request, visitor, number, "unlink", written), _unlink)


def _merge_extras(
    connection: Connection, ticket: WholeTicket, names: Names, asked: Asked
) -> Extras:
    into = asked.written["into"].replace(" ", "")
    extras: dict[str, object] = {"similar": _similar(connection, ticket, names, asked)}
    extras |= {"other": None, "then": None, "refused": ""}
    if not into:
        return extras
    try:
        extras["other"] = workable(connection, asked.visitor, into)
        extras["then"] = _survivor(asked, into)
    except TicketError as error:
        extras["refused"] = error.said(names.language)
    return extras


def _survivor(asked: Asked, into: str) -> WholeTicket:
    """The ticket that stays, as it would be."""
    trial = _merge_by(_composer(asked.request))

    def do(deed: Deed) -> None:
        deed.written["why"] = deed.written["why"] or "…"
        trial(deed)

    copy = Asked(asked.request, asked.visitor, asked.number, "merge", Fields(asked.written))
    return tried(copy, do, look_at=into)


def _similar(
    connection: Connection, ticket: WholeTicket, names: Names, asked: Asked
) -> list[object]:
    """The caller's other open tickets: most duplicates are among them."""
    card = caller_card(connection, ticket.caller, reach(asked.visitor), viewer(asked.visitor))
    others = card.tickets if card else ()
    return [
        line_of(other, names, asked.visitor)
        for other in others
        if other.id != ticket.id and other.due_at is not None
    ]


def _merge_by(composer: Composer) -> Callable[[Deed], None]:
    def do(deed: Deed) -> None:
        into = deed.written["into"].replace(" ", "")
        if not into:
            raise RefusedError("请填工单号。", "Give the number of a ticket.")
        workable(deed.connection, deed.visitor, into)
        why = deed.written["why"]
        merging.merge(deed.connection, deed.number, into, deed.actor, why, deed.at, composer)

    return do


def _composer(request: Request) -> Composer:
    site = site_of(request)
    return Composer(lambda: site.library.current, site.settings.phone_number)


def _unmerge(deed: Deed) -> None:
    merging.unmerge(deed.connection, deed.number, deed.actor, deed.written["why"], deed.at)


def _link_extras(connection: Connection, ticket: WholeTicket, names: Names, asked: Asked) -> Extras:
    return {"kinds": KINDS, "similar": _similar(connection, ticket, names, asked)}


def _link(deed: Deed) -> None:
    other, kind = _other(deed), _kind(deed.written["kind"])
    service.link(deed.connection, deed.number, other, kind, deed.actor, deed.at)


def _unlink(deed: Deed) -> None:
    other, kind = _other(deed), _kind(deed.written["kind"])
    pair = (other, deed.number) if deed.written["turned"] else (deed.number, other)
    service.unlink(deed.connection, *pair, kind, deed.actor, deed.at)


def _other(deed: Deed) -> str:
    """The number of another ticket, which they may see. Raises TicketError."""
    other = deed.written["other"].replace(" ", "")
    if not other:
        raise RefusedError("请填工单号。", "Give the number of a ticket.")
    return visible(deed.connection, deed.visitor, other)[0].number


def _kind(written: str) -> LinkKind:
    if written not in KINDS:
        raise RefusedError("请选择两件工单的关系。", "Choose how they belong together.")
    return written
