"""One act on many tickets of the list, with a result for each."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.naming import names_for
from app.console.tickets.forms import Fields, Written
from app.console.tickets.owners import chosen_worker
from app.console.tickets.sight import workable
from app.flows.directory import Directory
from app.people.access.rights import Right
from app.people.access.visitor import ForbiddenError, Visitor
from app.tickets.bulk import service
from app.tickets.bulk.service import Change, in_bulk
from app.tickets.errors import RefusedError, TicketError
from app.tickets.routing import routing_of
from app.web.access import WorkTickets
from app.web.onward import local_path
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/bulk", include_in_schema=False)

Numbers = Annotated[list[str] | None, Form()]


@router.post("")
def act_on_many(
    request: Request, visitor: WorkTickets, written: Written, number: Numbers = None
) -> Response:
    """Do one thing to the selected tickets; what cannot be done to one is said of that one."""
    site = site_of(request)
    directory = site.library.current.directory
    language = language_of(request, visitor)
    try:
        if not number:
            raise RefusedError("请先选择工单。", "Select tickets first.")
        with site.database.writing() as connection:
            act = _act(connection, visitor, written, directory, site.clock.now())
            outcomes = in_bulk(connection, number, _guarded(visitor, written["action"], act))
            names = names_for(request, visitor, connection)
    except TicketError as error:
        raise ProblemError(422, error.said(language)) from error
    site.wake_jobs()
    return render(
        request,
        "tickets/results.html",
        visitor=visitor,
        outcomes=outcomes,
        names=names,
        action=written["action"],
        back=local_path(written["back"], "/console/tickets"),
    )


def _act(
    connection: Connection, visitor: Visitor, written: Fields, directory: Directory, at: datetime
) -> Change:
    """What is to be done to each. Raises RefusedError when the form is incomplete."""
    staff_id, actor, why = visitor.staff_id, visitor.actor, written["why"]
    assert staff_id is not None
    match written["action"]:
        case "acknowledge":
            return service.acknowledging(staff_id, at)
        case "assign":
            visitor.insist(Right.tickets_assign)
            person = chosen_worker(connection, written["person"])
            return service.assigning(person, actor, at, why)
        case "priority":
            return service.prioritising(written["priority"], actor, at)
        case "category":
            return _rerouting(directory, written, actor, at)
        case "note":
            return service.noting(why, staff_id, at, key=f"bulk:{written['key']}")
    raise RefusedError("请选择要做的操作。", "Choose an action.")


def _rerouting(directory: Directory, written: Fields, actor: str, at: datetime) -> Change:
    category = written["category"]
    if category not in directory.categories:
        raise RefusedError("请选择类别。", "Choose a category.")
    routing = routing_of(directory, category)
    return service.rerouting(category, routing, actor, at, written["why"])


def _guarded(visitor: Visitor, action: str, act: Change) -> Callable[[Connection, str], bool]:
    """The same, only for tickets that the visitor may change so."""
    right = Right.tickets_assign if action == "assign" else Right.tickets_work

    def do(connection: Connection, number: str) -> bool:
        try:
            workable(connection, visitor, number, right)
        except ForbiddenError as error:
            raise RefusedError(
                "不在您的权限范围内。", "It lies outside what you may change."
            ) from error
        return act(connection, number)

    return do
