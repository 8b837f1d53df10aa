"""Emergencies: open ones first, who is in charge, what happened, its end; and drills."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import ColumnElement

from app.console.incidents.telling import told
from app.console.naming import names_for
from app.flows.directory import Directory
from app.flows.nodes.emergency import EmergencyNode
from app.incidents import lists
from app.incidents.lists import ShownIncident
from app.incidents.service import Incidents
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.tickets.changes import staff_of
from app.tickets.errors import RefusedError
from app.tickets.models import Ticket
from app.web.access import HandleIncidents, StartDrills, ViewIncidents, ViewIncidentsPassively
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import Site, site_of

router = APIRouter(prefix="/console/incidents")

HERE = "/console/incidents"
PAGE = 30


@router.get("")
def page(request: Request, visitor: ViewIncidents, before: int | None = None) -> Response:
    """Open ones first, then those that have ended."""
    return _page(request, visitor, before)


@router.get("/live")
def live(request: Request, visitor: ViewIncidentsPassively) -> Response:
    """The page again, for its part that changes by itself."""
    return _page(request, visitor, None)


@router.get("/banner")
def banner(request: Request, visitor: ViewIncidentsPassively) -> Response:
    """What stands on every open page while nobody is in charge of an emergency; else nothing."""
    with site_of(request).database.reading() as connection:
        unattended = lists.unattended(connection, _reach(visitor))
    return render(request, "incidents/banner.html", visitor=visitor, unattended=unattended,
                  directory=_directory(request))  # fmt: skip


@router.get("/{number}")
def one(request: Request, visitor: ViewIncidents, number: str) -> Response:
    """One incident."""
    return _one(request, visitor, number)


@router.get("/{number}/live")
def one_live(request: Request, visitor: ViewIncidentsPassively, number: str) -> Response:
    """One incident again, as it stands now."""
    return _one(request, visitor, number)


@router.post("/{number}/take")
def take(request: Request, visitor: HandleIncidents, number: str) -> Response:
    """Take charge on the console."""
    site, incident = site_of(request), _known(request, visitor, number, Right.incidents_handle)
    assert visitor.staff_id is not None
    try:
        with site.database.writing() as connection:
            _verbs(site).take_on_console(
                connection, incident.id, visitor.staff_id, site.clock.now()
            )
    except RefusedError as error:
        return _one(request, visitor, number, error.said(language_of(request, visitor)))
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{number}", 303)


@router.post("/{number}/close")
def close(
    request: Request,
    visitor: HandleIncidents,
    number: str,
    outcome: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Say how it ended."""
    site, incident = site_of(request), _known(request, visitor, number, Right.incidents_handle)
    assert visitor.staff_id is not None
    try:
        with site.database.writing() as connection:
            _verbs(site).close(connection, incident.id, visitor.staff_id, outcome, site.clock.now())
    except RefusedError as error:
        return _one(request, visitor, number, error.said(language_of(request, visitor)))
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{number}", 303)


@router.post("/drill")
def drill(
    request: Request,
    visitor: StartDrills,
    place: Annotated[str, Form(max_length=64)] = "",
    people: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Begin a drill."""
    site, now = site_of(request), site_of(request).clock.now()
    assert visitor.staff_id is not None
    with site.database.writing() as connection:
        number = _verbs(site).start_drill(
            connection,
            ticket_number=site.identities.ticket_number(),
            category=_category(site),
            place=place if place in _directory(request).places else "",
            people=int(people) if people.isascii() and people.isdigit() else None,
            staff_id=visitor.staff_id,
            language=site.library.current.default_language,
            at=now,
        )
        record(connection, actor=visitor.actor, act="incident.drill_started",
               target=f"ticket:{number}", detail={}, at=now)  # fmt: skip
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{number}", 303)


def _page(request: Request, visitor: Visitor, before: int | None) -> Response:
    reach = _reach(visitor)
    with site_of(request).database.reading() as connection:
        open_ones = [] if before else lists.open_ones(connection, reach)
        ended = lists.ended(connection, reach, before=before, limit=PAGE + 1)
    return render(
        request,
        "incidents/list.html",
        visitor=visitor,
        open_ones=open_ones,
        ended=ended[:PAGE],
        next=ended[PAGE - 1].id if len(ended) > PAGE else None,
        directory=_directory(request),
        may_drill=visitor.may(Right.incidents_drill),
    )


def _one(request: Request, visitor: Visitor, number: str, error: str = "") -> Response:
    incident = _known(request, visitor, number)
    with site_of(request).database.reading() as connection:
        happenings = lists.timeline(connection, incident.id)
        rung = lists.rung(connection, incident.id)
        calls = lists.recorded_calls(connection, incident.id)
        people = [staff_of(each.actor) for each in happenings]
        names = names_for(request, visitor, connection, people)
    may_handle = visitor.may(
        Right.incidents_handle, department=incident.department, region=incident.region
    )
    return render(
        request,
        "incidents/one.html",
        visitor=visitor,
        status=409 if error else 200,
        one=incident,
        moments=told(happenings, names),
        rung=rung,
        calls=calls if visitor.may(Right.calls_view) else [],
        directory=_directory(request),
        may_handle=may_handle and visitor.staff_id is not None,
        error=error,
    )


def _known(
    request: Request, visitor: Visitor, number: str, right: Right = Right.incidents_view
) -> ShownIncident:
    """An incident within the visitor's reach; what lies outside is not there."""
    with site_of(request).database.reading() as connection:
        found = lists.find(connection, number, _reach(visitor, right))
    if found is None:
        raise ProblemError(404)
    return found


def _reach(visitor: Visitor, right: Right = Right.incidents_view) -> ColumnElement[bool]:
    return visitor.scope(right).condition(Ticket.department, Ticket.region)


def _verbs(site: Site) -> Incidents:
    return Incidents(lambda: site.library.current.directory, site.identities.random_id)


def _directory(request: Request) -> Directory:
    return site_of(request).library.current.directory


def _category(site: Site) -> str:
    """The category of what comes to the emergency desk."""
    library = site.library.current
    node = library.node(library.directory.entries.emergency)
    known = node.category if isinstance(node, EmergencyNode) else ""
    return str(known or library.directory.message_category)
