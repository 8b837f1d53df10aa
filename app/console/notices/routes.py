"""Temporary notices: what is on, switches for the ready-made ones, and one's own words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.console.naming import names_for
from app.console.notices.forms import (
    Ending,
    Written,
    free_text,
    read_ending,
    read_written,
    ready_made,
)
from app.flows.notices import LONGEST_SECONDS
from app.flows.speech_length import spoken_seconds
from app.notices import queries, service
from app.notices.ending import usual_end
from app.notices.service import NoticeError, NoticeWish
from app.people.access.visitor import Visitor
from app.tickets.changes import staff_of
from app.web.access import SwitchNotices
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/notices")

HERE = "/console/notices"
EndingOf = Annotated[Ending, Depends(read_ending)]
WrittenOf = Annotated[Written, Depends(read_written)]


@router.get("")
def page(request: Request, visitor: SwitchNotices, before: int | None = None) -> Response:
    """What is on now, what can be switched on, and what was."""
    return _page(request, visitor, before=before)


@router.post("/ready")
def switch_on(
    request: Request,
    visitor: SwitchNotices,
    end: EndingOf,
    template: Annotated[str, Form(max_length=64)],
) -> Response:
    """Switch a ready-made notice on, or change its end."""
    site = site_of(request)
    now = site.clock.now()
    try:
        _switch(request, visitor, ready_made(site.library.current, template, end, now))
    except NoticeError as error:
        return _page(request, visitor, error=error.said(language_of(request, visitor)))
    return RedirectResponse(HERE, 303)


@router.post("/written")
def write(request: Request, visitor: SwitchNotices, end: EndingOf, typed: WrittenOf) -> Response:
    """Switch a notice on in one's own words."""
    site = site_of(request)
    now = site.clock.now()
    try:
        _switch(request, visitor, free_text(site.library.current, typed, end, now))
    except NoticeError as error:
        said = error.said(language_of(request, visitor))
        return _page(request, visitor, error=said, typed=typed)
    return RedirectResponse(HERE, 303)


@router.post("/length")
def length(request: Request, visitor: SwitchNotices, typed: WrittenOf) -> Response:
    """How long what is being typed takes to speak, in the slowest language."""
    seconds = max((spoken_seconds(text, tag) for tag, text in typed.words.items()), default=0.0)
    return render(request, "notices/length.html", visitor=visitor, seconds=seconds,
                  longest=LONGEST_SECONDS)  # fmt: skip


@router.post("/{notice_id}/off")
def switch_off(request: Request, visitor: SwitchNotices, notice_id: int) -> Response:
    """End a notice now."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            service.switch_off(connection, notice_id, visitor.actor, site.clock.now())
    except NoticeError as error:
        raise ProblemError(404, error.said(language_of(request, visitor))) from error
    return RedirectResponse(HERE, 303)


def _switch(request: Request, visitor: Visitor, wish: NoticeWish) -> None:
    site = site_of(request)
    with site.database.writing() as connection:
        service.switch_on(connection, wish, visitor.actor, site.clock.now())


def _page(
    request: Request,
    visitor: Visitor,
    *,
    before: int | None = None,
    error: str = "",
    typed: Written | None = None,
) -> Response:
    site = site_of(request)
    now, library = site.clock.now(), site.library.current
    with site.database.reading() as connection:
        on = queries.standing(connection, now)
        past = queries.past(connection, now, before=before, limit=queries.PAGE + 1)
        people = [staff_of(actor) for one in (*on, *past) for actor in (one.began_by, one.ended_by)]
        names = names_for(request, visitor, connection, people)
    return render(
        request,
        "notices/page.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        typed=typed or Written(),
        on=on,
        past=past[: queries.PAGE],
        next=past[queries.PAGE - 1].id if len(past) > queries.PAGE else None,
        templates=library.notices,
        usual={key: usual_end(one, now) for key, one in library.notices.items()},
        default=library.default_language,
        languages={tag: names.spoken_language(tag) for tag in library.languages},
        names=names,
        seconds=lambda words: max(spoken_seconds(text, tag) for tag, text in words.items()),
        longest=LONGEST_SECONDS,
    )
