"""The votes of a hearing, until they are opened: prepared, put in other words, taken back."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.hearings.forms import (
    Asked,
    AskedOf,
    ChangedMeanwhileError,
    Seen,
    mark_of,
)
from app.console.hearings.page import HERE, carry_out, on_hearing
from app.console.naming import names_for
from app.hearings import changing, queries, service, store
from app.hearings.errors import HearingError, UnknownHearingError
from app.people.access.visitor import Visitor
from app.web.access import LeadHearings
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/{hearing_id:int}/votes")


@router.post("")
def prepare_vote(
    request: Request, visitor: LeadHearings, hearing_id: int, asked: AskedOf
) -> Response:
    """Prepare a question to be voted on."""
    site = site_of(request)
    now, library = site.clock.now(), site.library.current

    def prepare(connection: Connection) -> None:
        wish = asked.wish(library)
        service.prepare_vote(connection, hearing_id, wish, visitor.actor, now)

    return carry_out(request, visitor, hearing_id, prepare, asked=asked)


@router.get("/{vote_id:int}/change")
def form(request: Request, visitor: LeadHearings, hearing_id: int, vote_id: int) -> Response:
    """The form of a vote, filled in as it stands."""
    asked = _standing(request, visitor, hearing_id, vote_id)
    return _form(request, visitor, hearing_id, vote_id, asked, mark_of(asked))


@router.post("/{vote_id:int}/change")
def change_vote(
    request: Request,
    visitor: LeadHearings,
    hearing_id: int,
    vote_id: int,
    asked: AskedOf,
    seen: Seen = "",
) -> Response:
    """Put a question in other words, unless somebody else did since the form was filled in."""
    site, language = site_of(request), language_of(request, visitor)
    standing = _standing(request, visitor, hearing_id, vote_id)
    try:
        with site.database.writing() as connection:
            session = store.need(connection, hearing_id)
            standing = Asked.of(*queries.words_of_vote(connection, hearing_id, vote_id))
            if mark_of(standing) != seen:
                raise ChangedMeanwhileError
            wish, now = asked.wish(site.library.current), site.clock.now()
            changing.change_vote(connection, session, vote_id, wish, visitor.actor, now)
    except ChangedMeanwhileError as error:
        mark, said = mark_of(standing), error.said(language)
        return _form(
            request, visitor, hearing_id, vote_id, asked, mark, error=said, standing=standing
        )
    except HearingError as error:
        said = error.said(language)
        return _form(request, visitor, hearing_id, vote_id, asked, seen, error=said)
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{hearing_id}", 303)


@router.post("/{vote_id:int}/remove")
def remove_vote(request: Request, visitor: LeadHearings, hearing_id: int, vote_id: int) -> Response:
    """Take a question back."""
    now = site_of(request).clock.now()
    return on_hearing(
        request,
        visitor,
        hearing_id,
        lambda c, session: changing.remove_vote(c, session, vote_id, visitor.actor, now),
    )


def _standing(request: Request, visitor: Visitor, hearing_id: int, vote_id: int) -> Asked:
    try:
        with site_of(request).database.reading() as connection:
            return Asked.of(*queries.words_of_vote(connection, hearing_id, vote_id))
    except UnknownHearingError as error:
        raise ProblemError(404, error.said(language_of(request, visitor))) from error


def _form(
    request: Request,
    visitor: Visitor,
    hearing_id: int,
    vote_id: int,
    asked: Asked,
    seen: str,
    *,
    error: str = "",
    standing: Asked | None = None,
) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        names = names_for(request, visitor, connection)
    library = site.library.current
    return render(
        request,
        "hearings/vote.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        back=f"{HERE}/{hearing_id}",
        here=f"{HERE}/{hearing_id}/votes/{vote_id}",
        asked=asked,
        seen=seen,
        standing=standing,
        languages={tag: names.spoken_language(tag) for tag in library.languages},
        default=library.default_language,
    )
