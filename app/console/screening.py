"""Screening of callers: the ban list, and the spoken check against machines."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.calls.screening import queries, service
from app.calls.screening.service import ScreeningError
from app.console.naming import names_for
from app.people.access.visitor import Visitor
from app.site_settings.queries import site_settings
from app.site_settings.service import SettingError, change_setting
from app.tickets.changes import staff_of
from app.tickets.phones import e164
from app.web.access import EditBans
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/screening")

HERE = "/console/screening"
DAY = timedelta(days=1)
DAYS_OFFERED = (1, 7, 30, 90)


@router.get("")
def page(request: Request, visitor: EditBans) -> Response:
    """Who is banned, and whether callers are checked."""
    return _page(request, visitor)


@router.post("/bans")
def ban(
    request: Request,
    visitor: EditBans,
    number: Annotated[str, Form(max_length=32)],
    reason: Annotated[str, Form(max_length=500)],
    days: Annotated[int, Form(ge=0, le=366)] = 0,
) -> Response:
    """Ban a number, for some days or (0) until it is lifted."""
    site = site_of(request)
    at = site.clock.now()
    try:
        with site.database.writing() as connection:
            service.ban(
                connection,
                number=e164(number),
                reason=reason,
                until=at + days * DAY if days else None,
                actor=visitor.actor,
                at=at,
            )
    except ScreeningError as error:
        said = error.said(language_of(request, visitor))
        return _page(request, visitor, status=422, error=said, number=number, reason=reason)
    return RedirectResponse(HERE, 303)


@router.post("/bans/{ban_id}/lift")
def lift(request: Request, visitor: EditBans, ban_id: int) -> Response:
    """Lift a ban."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            service.lift(connection, ban_id, visitor.actor, site.clock.now())
    except ScreeningError as error:
        raise ProblemError(404, error.said(language_of(request, visitor))) from error
    return RedirectResponse(HERE, 303)


@router.post("/challenge")
def challenge(
    request: Request,
    visitor: EditBans,
    who: Annotated[Literal["off", "busy", "all"], Form()],
    calls_per_hour: Annotated[int, Form()] = 6,
) -> Response:
    """Switch the spoken check."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            at = site.clock.now()
            change_setting(connection, "challenge", who, visitor.actor, at)
            change_setting(
                connection, "challenge_calls_per_hour", calls_per_hour, visitor.actor, at
            )
    except SettingError as error:
        return _page(request, visitor, status=422, error=error.said(language_of(request, visitor)))
    return RedirectResponse(HERE, 303)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    status: int = 200,
    error: str = "",
    number: str = "",
    reason: str = "",
) -> Response:
    site = site_of(request)
    now = site.clock.now()
    with site.database.reading() as connection:
        bans = queries.bans(connection, now)
        return render(
            request,
            "screening/page.html",
            visitor=visitor,
            status=status,
            error=error,
            number=number,
            reason=reason,
            bans=bans,
            settings=site_settings(connection),
            counted=queries.challenges_counted(connection, now - DAY, now),
            names=names_for(request, visitor, connection, [staff_of(b.banned_by) for b in bans]),
            days_offered=DAYS_OFFERED,
        )
