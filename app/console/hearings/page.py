"""The live page of a hearing, shown again with what could not be done said on it."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.hearings.forms import UNASKED, Asked
from app.console.naming import names_for
from app.hearings import queries, store
from app.hearings.errors import HearingError, UnknownHearingError
from app.hearings.queries import Board
from app.hearings.store import Session
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

HERE = "/console/hearings"


def on_hearing(
    request: Request,
    visitor: Visitor,
    hearing_id: int,
    work: Callable[[Connection, Session], None],
) -> Response:
    """Do something to a hearing, locked."""
    return carry_out(request, visitor, hearing_id, lambda c: work(c, store.need(c, hearing_id)))


def carry_out(
    request: Request,
    visitor: Visitor,
    hearing_id: int,
    work: Callable[[Connection], None],
    *,
    pasted: str = "",
    asked: Asked = UNASKED,
) -> Response:
    """Do something and show the page again; what cannot be done is said on it.

    `pasted` and `asked` are what was typed, and is not to be typed again.
    """
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            work(connection)
    except UnknownHearingError as error:
        raise ProblemError(404, error.said(language_of(request, visitor))) from error
    except HearingError as error:
        said = error.said(language_of(request, visitor))
        return show(request, visitor, hearing_id, error=said, pasted=pasted, asked=asked)
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{hearing_id}", 303)


def board_of(request: Request, visitor: Visitor, hearing_id: int) -> Board:
    """A hearing as it stands, in the visitor's language; a problem page when there is none."""
    language = language_of(request, visitor)
    try:
        with site_of(request).database.reading() as connection:
            return queries.board(connection, hearing_id, language)
    except UnknownHearingError as error:
        raise ProblemError(404, error.said(language)) from error


def show(
    request: Request,
    visitor: Visitor,
    hearing_id: int,
    template: str = "hearings/page.html",
    *,
    error: str = "",
    pasted: str = "",
    asked: Asked = UNASKED,
    village: str = "",
) -> Response:
    """The page, or a part of it."""
    site, found = site_of(request), board_of(request, visitor, hearing_id)
    with site.database.reading() as connection:
        names = names_for(request, visitor, connection)
        villages = queries.villages(connection)
        callers = queries.callers_of(connection, village) if village else []
    languages = {tag: names.spoken_language(tag) for tag in site.library.current.languages}
    return render(
        request,
        template,
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        pasted=pasted,
        asked=asked,
        board=found,
        hearing=found.session,
        may_lead=visitor.may(Right.hearings_lead),
        languages=languages,
        default=site.library.current.default_language,
        phone_number=site.settings.phone_number,
        villages=villages,
        village=village,
        callers=callers,
    )
