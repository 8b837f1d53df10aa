"""Setting a ticket right: its category, its priority, its subject and place."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.naming import Names
from app.console.tickets.forms import Asked, Deed, Extras, Written, carry_out, show, tried
from app.flows.directory import Directory
from app.tickets.amendments import PRIORITIES, Amendment, amend, reroute, set_priority
from app.tickets.errors import RefusedError, TicketError
from app.tickets.lists.rows import WholeTicket
from app.tickets.routing import routing_of
from app.web.access import WorkTickets
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@router.get("/category")
def category_form(
    request: Request, visitor: WorkTickets, number: str, category: str = ""
) -> Response:
    """Another category: which, and what that changes."""
    asked = Asked(request, visitor, number, "category")
    if category:
        asked.written["category"] = category
    return show(asked, _category_extras)


@router.post("/category")
def set_category(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Give it the category, and with it department, priority and deadlines."""
    asked = Asked(request, visitor, number, "category", written)
    return carry_out(asked, _reroute_by(_directory(request)), _category_extras)


@router.get("/priority")
def priority_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Another priority: which."""
    return show(Asked(request, visitor, number, "priority"), _priority_extras)


@router.post("/priority")
def change_priority(
    request: Request, visitor: WorkTickets, number: str, written: Written
) -> Response:
    """Set it."""
    return carry_out(
        Asked(request, visitor, number, "priority", written), _set_priority, _priority_extras
    )


@router.get("/details")
def details_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Subject and place."""
    return show(Asked(request, visitor, number, "details"))


@router.post("/details")
def change_details(
    request: Request, visitor: WorkTickets, number: str, written: Written
) -> Response:
    """Set them right."""
    return carry_out(Asked(request, visitor, number, "details", written), _amend)


def _category_extras(
    _connection: Connection, ticket: WholeTicket, names: Names, asked: Asked
) -> Extras:
    chosen = asked.written["category"]
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, category in names.directory.categories.items():
        groups.setdefault(names.department(category.department), []).append(
            (key, names.category(key))
        )
    then = None
    if chosen in names.directory.categories and chosen != ticket.category:
        then = _would_be(asked, names.directory)
    return {"groups": groups, "chosen": chosen or ticket.category, "then": then}


def _would_be(asked: Asked, directory: Directory) -> WholeTicket | None:
    """The ticket under another category; None when it may not have it."""
    try:
        return tried(asked, _reroute_by(directory))
    except TicketError:
        return None


def _reroute_by(directory: Directory) -> Callable[[Deed], None]:
    def do(deed: Deed) -> None:
        category = deed.written["category"]
        if category not in directory.categories:
            raise RefusedError("请选择类别。", "Choose a category.")
        routing = replace(routing_of(directory, category), region=deed.ticket.region)
        why = deed.written["why"]
        reroute(deed.connection, deed.number, category, routing, deed.actor, deed.at, why)

    return do


def _directory(request: Request) -> Directory:
    return site_of(request).library.current.directory


def _priority_extras(
    _connection: Connection, ticket: WholeTicket, _names: Names, asked: Asked
) -> Extras:
    return {"priorities": PRIORITIES, "chosen": asked.written["priority"] or ticket.priority}


def _set_priority(deed: Deed) -> None:
    set_priority(deed.connection, deed.number, deed.written["priority"], deed.actor, deed.at)


def _amend(deed: Deed) -> None:
    deed.insist_on_sight()
    subject = deed.written["subject"].strip()
    if not subject:
        raise RefusedError("请写明事项。", "Say what it is about.")
    change = Amendment(subject=subject, place=deed.written["place"].strip())
    amend(deed.connection, deed.number, change, deed.actor, deed.at)
