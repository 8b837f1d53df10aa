"""Phone hearings: the list, a plan, and the live page from which a moderator conducts one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.hearings import changes, minutes, votes
from app.console.hearings.forms import Planned, PlannedOf
from app.console.hearings.page import HERE, carry_out, on_hearing, show
from app.flows.hearing import Conduct
from app.hearings import conduct, floor, queries, service
from app.hearings.attendance import AttendanceDesk
from app.hearings.conduct import Conductor
from app.hearings.errors import HearingError
from app.hearings.pasted import members_of
from app.hearings.service import MemberWish
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.web.access import LeadHearings, ViewHearings, ViewHearingsPassively
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(prefix="/console/hearings", include_in_schema=False)
for part in (minutes, changes, votes):
    router.include_router(part.router)


@router.get("")
def hearings(
    request: Request,
    visitor: ViewHearings,
    state: Annotated[Literal["all", "coming", "over"], Query()] = "all",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The list."""
    over = None if state == "all" else state == "over"
    with site_of(request).database.reading() as connection:
        found = queries.listed(connection, over=over, offset=offset)
    return render(
        request,
        "hearings/list.html",
        visitor=visitor,
        hearings=found[: queries.PAGE],
        further=offset + queries.PAGE if len(found) > queries.PAGE else None,
        state=state,
        may_lead=visitor.may(Right.hearings_lead),
    )


@router.get("/new")
def new(request: Request, visitor: LeadHearings) -> Response:
    """The form of a new hearing."""
    return render(request, "hearings/new.html", visitor=visitor, typed=Planned(), error="")


@router.post("")
def plan(request: Request, visitor: LeadHearings, typed: PlannedOf) -> Response:
    """Plan a hearing."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            number = service.plan(
                connection,
                typed.wish(),
                visitor.actor,
                site.clock.now(),
                site.identities.random_id,
            )
    except HearingError as error:
        said = error.said(language_of(request, visitor))
        return render(
            request, "hearings/new.html", visitor=visitor, status=422, typed=typed, error=said
        )
    return RedirectResponse(f"{HERE}/{number}", 303)


@router.get("/{hearing_id:int}")
def page(request: Request, visitor: ViewHearings, hearing_id: int, village: str = "") -> Response:
    """The page of a hearing."""
    return show(request, visitor, hearing_id, village=village)


@router.get("/{hearing_id:int}/board")
def board(request: Request, visitor: ViewHearingsPassively, hearing_id: int) -> Response:
    """What of the page changes, fetched again when something has happened."""
    return show(request, visitor, hearing_id, "hearings/board.html")


@router.post("/{hearing_id:int}/members")
def add_members(
    request: Request,
    visitor: LeadHearings,
    hearing_id: int,
    pasted: Annotated[str, Form(max_length=20_000)],
) -> Response:
    """Add the people of a pasted list."""
    library = site_of(request).library.current

    def add(connection: Connection) -> None:
        wishes = members_of(pasted, list(library.languages), library.default_language)
        _add(request, visitor, connection, hearing_id, wishes)

    return carry_out(request, visitor, hearing_id, add, pasted=pasted)


@router.post("/{hearing_id:int}/callers")
def add_callers(
    request: Request,
    visitor: LeadHearings,
    hearing_id: int,
    village: Annotated[str, Form(max_length=64)],
    caller: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Add callers of a village as representatives."""
    library = site_of(request).library.current
    chosen = frozenset(caller or ())

    def add(connection: Connection) -> None:
        wishes = [
            MemberWish(name, phone, "representative", language or library.default_language)
            for number, name, phone, language in queries.callers_of(connection, village)
            if number in chosen
        ]
        _add(request, visitor, connection, hearing_id, wishes)

    return carry_out(request, visitor, hearing_id, add)


@router.post("/{hearing_id:int}/members/{member_id:int}/ring")
def ring(request: Request, visitor: LeadHearings, hearing_id: int, member_id: int) -> Response:
    """Ring somebody again."""
    site = site_of(request)
    desk = AttendanceDesk(lambda: site.library.current.directory, site.identities.random_id)
    now = site.clock.now()
    return carry_out(
        request,
        visitor,
        hearing_id,
        lambda c: desk.ring(c, hearing_id, member_id, visitor.actor, now),
    )


@router.post("/{hearing_id:int}/begin")
def begin_now(request: Request, visitor: LeadHearings, hearing_id: int) -> Response:
    """Ring everybody now."""
    now = site_of(request).clock.now()
    return carry_out(
        request,
        visitor,
        hearing_id,
        lambda c: service.begin_now(c, hearing_id, visitor.actor, now),
    )


@router.post("/{hearing_id:int}/acts/{act}")
def act(request: Request, visitor: LeadHearings, hearing_id: int, act: Conduct) -> Response:
    """Conduct the hearing: open, roll call, next item, floor, vote, end."""
    now = site_of(request).clock.now()
    conductor = _conductor(request)
    return on_hearing(
        request,
        visitor,
        hearing_id,
        lambda c, session: conductor.conduct(c, session, act, now, visitor.actor),
    )


@router.post("/{hearing_id:int}/votes/{vote_id:int}/open")
def open_vote(request: Request, visitor: LeadHearings, hearing_id: int, vote_id: int) -> Response:
    """Open a vote."""
    now = site_of(request).clock.now()
    conductor = _conductor(request)
    return on_hearing(
        request,
        visitor,
        hearing_id,
        lambda c, session: conductor.open_vote(c, session, vote_id, now, visitor.actor),
    )


@router.post("/{hearing_id:int}/floor/{member_id:int}")
def give_floor(
    request: Request, visitor: LeadHearings, hearing_id: int, member_id: int
) -> Response:
    """Give somebody the floor."""
    now = site_of(request).clock.now()
    return on_hearing(
        request,
        visitor,
        hearing_id,
        lambda c, session: floor.give(c, session, member_id, now, visitor.actor),
    )


@router.post("/{hearing_id:int}/announce")
def announce(
    request: Request,
    visitor: LeadHearings,
    hearing_id: int,
    words: Annotated[str, Form(max_length=1_000)],
) -> Response:
    """Have a text spoken to everybody."""
    now = site_of(request).clock.now()
    return on_hearing(
        request,
        visitor,
        hearing_id,
        lambda c, session: conduct.announce(c, session, words, now, visitor.actor),
    )


def _conductor(request: Request) -> Conductor:
    return Conductor(site_of(request).identities.random_id)


def _add(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    hearing_id: int,
    wishes: list[MemberWish],
) -> None:
    site = site_of(request)
    now, random_id = site.clock.now(), site.identities.random_id
    dialling = site.library.current.directory.dialling
    service.add_members(connection, hearing_id, wishes, dialling, visitor.actor, now, random_id)
