"""Changing a hearing that is only planned: its form, filled in as it stands."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.hearings.forms import ChangedMeanwhileError, Planned, PlannedOf, Seen, mark_of
from app.console.hearings.page import HERE, board_of, on_hearing
from app.hearings import queries, store
from app.hearings.changing import Changing
from app.hearings.errors import HearingError
from app.hearings.pasted import members_of
from app.hearings.queries import Board
from app.hearings.service import MemberWish
from app.hearings.store import Session
from app.hearings.telling import Telling
from app.messages.composing import Composer
from app.people.access.visitor import Visitor
from app.web.access import LeadHearings
from app.web.pages import language_of, render
from app.web.site import site_of
from app.web.words import CHINESE

router = APIRouter()


@router.get("/{hearing_id:int}/change")
def form(request: Request, visitor: LeadHearings, hearing_id: int) -> Response:
    """The form; of a hearing that has begun, its page."""
    board = board_of(request, visitor, hearing_id)
    if board.session.state != "planned":
        return RedirectResponse(f"{HERE}/{hearing_id}", 303)
    typed = Planned.of(board, language_of(request, visitor))
    return _form(request, visitor, board, typed, _mark(board))


@router.post("/{hearing_id:int}/change")
def change(
    request: Request, visitor: LeadHearings, hearing_id: int, typed: PlannedOf, seen: Seen = ""
) -> Response:
    """Change a planned hearing, unless somebody else did since the form was filled in."""
    site, language = site_of(request), language_of(request, visitor)
    board = board_of(request, visitor, hearing_id)
    try:
        with site.database.writing() as connection:
            session = store.need(connection, hearing_id)
            board = queries.board(connection, hearing_id, language)
            if session.state == "planned" and _mark(board) != seen:
                raise ChangedMeanwhileError
            _change(request, visitor, connection, session, typed)
    except ChangedMeanwhileError as error:
        standing, said = Planned.of(board, language), error.said(language)
        mark = _mark(board)
        return _form(request, visitor, board, typed, mark, error=said, standing=standing)
    except HearingError as error:
        return _form(request, visitor, board, typed, seen, error=error.said(language))
    site.wake_jobs()
    return RedirectResponse(f"{HERE}/{hearing_id}", 303)


@router.post("/{hearing_id:int}/members/{member_id:int}/remove")
def remove_member(
    request: Request, visitor: LeadHearings, hearing_id: int, member_id: int
) -> Response:
    """Take somebody off the list; they are told."""
    work, now = _changing(request), site_of(request).clock.now()
    return on_hearing(
        request,
        visitor,
        hearing_id,
        lambda c, session: work.remove_member(c, session, member_id, visitor.actor, now),
    )


def _change(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    session: Session,
    typed: Planned,
) -> None:
    site, wish = site_of(request), typed.wish()
    library = site.library.current
    people: Sequence[MemberWish] = ()
    if typed.people.strip():
        people = members_of(typed.people, list(library.languages), library.default_language)
    _changing(request).change(connection, session, wish, people, visitor.actor, site.clock.now())


def _form(
    request: Request,
    visitor: Visitor,
    board: Board,
    typed: Planned,
    seen: str,
    *,
    error: str = "",
    standing: Planned | None = None,
) -> Response:
    """The form; beside what differs, how it stands when somebody else has changed it."""
    return render(
        request,
        "hearings/change.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        hearing=board.session,
        typed=typed,
        standing=standing,
        seen=seen,
    )


def _mark(board: Board) -> str:
    """The same for everybody to whom a hearing stands as it does."""
    return mark_of(Planned.of(board, CHINESE))


def _changing(request: Request) -> Changing:
    site = site_of(request)
    composer = Composer(lambda: site.library.current, site.settings.phone_number)
    dialling = site.library.current.directory.dialling
    return Changing(Telling(composer), dialling, site.identities.random_id)
