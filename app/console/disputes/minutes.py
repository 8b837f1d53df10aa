"""The minutes of a session: their timeline, the mediator's remarks, the signature, the print."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.console.disputes.forms import Written
from app.console.disputes.page import mediator_name
from app.console.disputes.sight import may_work, whole, workable
from app.console.naming import Names, names_for
from app.mediation.cases import minutes, queries
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.minutes import Moment
from app.mediation.cases.queries import CaseView, SittingView
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.tickets.changes import staff_of
from app.web.access import LeadMediations, ViewDisputes
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes/{number}/sessions/{position}", include_in_schema=False)


@dataclass(slots=True)
class Attendance:
    """Somebody who took part: from when until when, each time they were on the line."""

    name: str
    role: str
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)


@router.get("")
def minutes_page(request: Request, visitor: ViewDisputes, number: str, position: int) -> Response:
    """The minutes; with `print=1` the sheet to be printed, which is recorded in the audit."""
    return _show(request, visitor, number, position)


@router.post("/remarks")
def remarks(
    request: Request, visitor: LeadMediations, number: str, position: int, written: Written
) -> Response:
    """Keep the remarks; with `sign` the mediator signs the minutes off."""
    site = site_of(request)
    now = site.clock.now()
    try:
        with site.database.writing() as connection:
            case = workable(connection, visitor, number)
            sitting = _sitting(connection, case, position)
            minutes.write_remarks(connection, sitting.id, written["remarks"], visitor.actor, now)
            if written["sign"]:
                minutes.sign(connection, sitting.id, visitor.actor, now)
    except DisputeError as error:
        said = error.said(language_of(request, visitor))
        return _show(request, visitor, number, position, said)
    return RedirectResponse(f"/console/disputes/{number}/sessions/{position}", 303)


def _show(
    request: Request, visitor: Visitor, number: str, position: int, error: str = ""
) -> Response:
    site = site_of(request)
    printed = request.query_params.get("print") == "1"
    with site.database.reading() as connection:
        case = whole(connection, visitor, number)
        sitting = _sitting(connection, case, position)
        names = names_for(
            request, visitor, connection, [case.mediator_id, staff_of(sitting.signed_by)]
        )
        mediator = mediator_name(names, case)
        story = _named(minutes.timeline_of(connection, sitting.id, mediator), names)
    if printed:
        _record(request, visitor, case, "dispute.minutes_printed")
    return render(
        request,
        "disputes/minutes_sheet.html" if printed else "disputes/minutes.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        case=case,
        sitting=sitting,
        story=story,
        names=names,
        mediator=mediator,
        present=_present(story),
        may_work=may_work(visitor, case),
    )


def _named(story: Sequence[Moment], names: Names) -> list[Moment]:
    """The timeline with departments that were added meanwhile by their names."""
    return [replace(one, name=names.department(one.name) if one.name else "") for one in story]


def _present(story: Sequence[Moment]) -> list[Attendance]:
    """Who really took part, each once, however often they came: not who was only invited."""
    spoke = {(one.role, one.name) for one in story if one.what == "leg.on_floor"}
    came: dict[tuple[str, str], Attendance] = {}
    for one in story:
        key = (one.role, one.name)
        if key not in spoke or one.role == "mediator":
            continue
        spans = came.setdefault(key, Attendance(one.name, one.role)).spans
        if one.what == "leg.consented":
            spans.append((one.at, None))
        elif one.what == "leg.left" and spans:
            spans[-1] = (spans[-1][0], one.at)
    return list(came.values())


def _sitting(connection: Connection, case: CaseView, position: int) -> SittingView:
    for sitting in queries.sittings_of(connection, case.id):
        if sitting.position == position:
            return sitting
    raise HTTPException(404)


def _record(request: Request, visitor: Visitor, case: CaseView, act: str) -> None:
    site = site_of(request)
    with site.database.writing() as connection:
        record(
            connection, actor=visitor.actor, act=act, target=f"dispute:{case.number}", detail={},
            at=site.clock.now(),
        )  # fmt: skip
