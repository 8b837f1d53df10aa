"""Mediations that go on: who is where, and what the mediator may do, live."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.floor.sight import may_lead, numbers_of
from app.console.floor.verbs import Wanted, act_of, read_wanted
from app.console.naming import Names, names_for
from app.mediation import live
from app.mediation.cases.queries import case_of_session
from app.mediation.controls.errors import ControlError
from app.mediation.controls.service import By
from app.mediation.queries import DraftText
from app.mediation.states import Leg
from app.people.access.rights import Right
from app.people.access.visitor import ForbiddenError, Visitor
from app.tickets.changes import staff_of
from app.web.access import LeadMediations, LeadMediationsPassively
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/floor")

HERE = "/console/floor"
WantedOf = Annotated[Wanted, Depends(read_wanted)]
Timeline = Annotated[Literal["latest", "all"], Query()]


@router.get("")
def going_on(request: Request, visitor: LeadMediations) -> Response:
    """The mediations that go on now."""
    return _list(request, visitor, "floor/list.html")


@router.get("/rows")
def rows(request: Request, visitor: LeadMediationsPassively) -> Response:
    """What of that page changes."""
    return _list(request, visitor, "floor/rows.html")


@router.get("/{session}")
def page(
    request: Request, visitor: LeadMediations, session: str, timeline: Timeline = "latest"
) -> Response:
    """One mediation."""
    return _page(request, visitor, session, "floor/page.html", timeline=timeline)


@router.get("/{session}/board")
def board(
    request: Request, visitor: LeadMediationsPassively, session: str, timeline: Timeline = "latest"
) -> Response:
    """What of that page changes, fetched again when something has happened."""
    return _page(request, visitor, session, "floor/board.html", timeline=timeline)


@router.post("/{session}")
def control(request: Request, visitor: LeadMediations, session: str, wanted: WantedOf) -> Response:
    """Do what a button says."""
    site = site_of(request)
    by = By(staff_id=staff_of(visitor.actor))
    try:
        with site.database.writing() as connection:
            found = _found(connection, visitor, session, site.mediation_controls.text_to_read)
            if wanted.leg:
                found.session.leg(wanted.leg)
            act_of(site.mediation_controls, session, wanted, by)(connection, site.clock.now())
    except ControlError as error:
        said = error.said(language_of(request, visitor))
        return _page(request, visitor, session, "floor/page.html", error=said)
    except LookupError as error:
        raise ProblemError(404) from error
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{session}", 303)


def _list(request: Request, visitor: Visitor, template: str) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        names = names_for(request, visitor, connection)
        sessions = [
            one
            for one in live.alive(connection)
            if may_lead(connection, visitor, one.id, one.department)
        ]
    return render(request, template, visitor=visitor, sessions=sessions, names=names)


def _page(
    request: Request,
    visitor: Visitor,
    session: str,
    template: str,
    *,
    timeline: str = "latest",
    error: str = "",
) -> Response:
    site = site_of(request)
    directory = site.library.current.directory
    with site.database.reading() as connection:
        text_to_read = site.mediation_controls.text_to_read
        found = _found(connection, visitor, session, text_to_read, whole=timeline == "all")
        people = [one.by_staff_id for one in found.happenings]
        names = names_for(request, visitor, connection, people)
        numbers = numbers_of(connection, visitor, found.session, names)
        case = case_of_session(connection, session, visitor.staff_id)
    who = {leg.id: _who(leg, names) for leg in found.session.legs}
    return render(
        request,
        template,
        visitor=visitor,
        board=found,
        session=found.session,
        names=names,
        who=who,
        numbers=numbers,
        case=case,
        timeline=timeline,
        departments={key: names.department(key) for key in directory.departments},
        languages={tag: names.spoken_language(tag) for tag in directory.languages},
        error=error,
        status=409 if error else 200,
    )


def _found(
    connection: Connection,
    visitor: Visitor,
    session: str,
    text_to_read: DraftText,
    *,
    whole: bool = False,
) -> live.Board:
    """The session, if this visitor may lead it. Raises ProblemError, ForbiddenError."""
    found = live.board(connection, session, text_to_read, whole=whole)
    if found is None:
        raise ProblemError(404)
    if not may_lead(connection, visitor, session, found.session.department):
        raise ForbiddenError(Right.mediations_lead)
    return found


def _who(leg: Leg, names: Names) -> str:
    """A party by its name: a department's, one that was given, or what it is in the session."""
    if leg.name in names.directory.departments:
        return names.department(leg.name)
    return leg.name or names.say(f"floor.role.{leg.role}")
