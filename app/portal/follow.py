"""`/follow`: number and telephone, a texted code, and then the ticket as its caller sees it."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.messages.codes import queries as codes
from app.messages.codes import service as code_service
from app.messages.codes.service import DIGITS, VALID, TooOftenError
from app.messages.numbers import can_be_texted
from app.messages.reading import digits
from app.portal import fields
from app.portal.form import is_hasty, read_token
from app.portal.page import address_of, composer_of, say, show
from app.tickets.queries import own_part
from app.web.access import Public
from app.web.pages import language_of
from app.web.sessions import browser_of
from app.web.site import site_of

router = APIRouter(prefix="/follow")

FOLLOW = "follow"
Text = Annotated[str, Form()]


@router.get("")
def form(request: Request, _anybody: Public) -> Response:
    """The form for number and telephone; with a ticket opened already, that one."""
    if opened(request) is not None:
        return RedirectResponse("/follow/ticket", 303)
    return show(request, "follow.html", number="", telephone="", problems={}, notice="")


@router.post("")
def ask(
    request: Request,
    _anybody: Public,
    form: Text = "",
    website: Text = "",
    number: Text = "",
    phone: Text = "",
) -> Response:
    """Text a code, if a ticket has this number and this telephone; it looks the same if not."""
    wanted, telephone = digits(number), fields.telephone(phone)
    problems = {}
    if len(wanted) != 8:
        problems["number"] = say(request, "follow.eight_digits")
    if not telephone:
        problems["phone"] = say(request, "bad_phone")
    token = read_token(request, form)
    hasty = token is None or is_hasty(request, token, website)
    shown = {"number": number[:20], "telephone": phone[:40], "problems": problems}
    if hasty or problems:
        notice = "once_more" if hasty else ""
        return show(request, "follow.html", status=422, notice=notice, **shown)
    try:
        _ask(request, wanted, telephone)
    except TooOftenError:
        return show(request, "follow.html", status=429, notice="too_often", **shown)
    site_of(request).wake_jobs()
    return RedirectResponse("/follow/code", 303)


@router.get("/code")
def code_form(request: Request, _anybody: Public) -> Response:
    """The form for the code."""
    if opened(request) is not None:
        return RedirectResponse("/follow/ticket", 303)
    if not _is_waiting(request):
        return RedirectResponse("/follow", 303)
    return show(request, "code.html", notice="", action="/follow/code", back="/follow", kept={})


@router.post("/code")
def give_code(request: Request, _anybody: Public, code: Text = "") -> Response:
    """Open the ticket by the code; wrong, used up, expired and never sent look the same."""
    site = site_of(request)
    holder, at = browser_of(request).token, site.clock.now()
    try:
        with site.database.writing() as connection:
            subject = code_service.give_code(connection, FOLLOW, holder, code, at)
    except TooOftenError:
        return _code_again(request, "too_often", 429)
    if not subject and opened(request) is None:  # who presses twice has opened it already
        return _code_again(request, "wrong_code", 422)
    return RedirectResponse("/follow/ticket", 303)


@router.post("/leave")
def leave(request: Request, _anybody: Public) -> Response:
    """Nobody else who uses this browser sees the ticket."""
    with site_of(request).database.writing() as connection:
        code_service.forget(connection, FOLLOW, browser_of(request).token)
    return RedirectResponse("/", 303)


def opened(request: Request) -> int | None:
    """The id of the ticket that this browser has opened by a code, or None."""
    site = site_of(request)
    with site.database.reading() as connection:
        holder = browser_of(request).token
        subject = codes.opened(connection, FOLLOW, holder, site.clock.now())
    return int(subject) if subject else None


def fresh_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def code_text(request: Request, code: str) -> str:
    """The text message with a code."""
    minutes = str(int(VALID.total_seconds() // 60))
    composer = composer_of(site_of(request))
    return composer.compose("portal.code", language_of(request), code=code, count=minutes)


def _ask(request: Request, number: str, telephone: str) -> None:
    site = site_of(request)
    with site.database.writing() as connection:
        ticket_id = own_part(connection, number, telephone)
        is_known = ticket_id is not None and can_be_texted(telephone)
        asked = code_service.Request(
            purpose=FOLLOW,
            holder=browser_of(request).token,
            address=address_of(request),
            number=telephone,
            subject=str(ticket_id) if is_known else "",
        )
        code_service.request_code(
            connection,
            asked,
            fresh_code(),
            lambda code: code_text(request, code),
            site.clock.now(),
        )


def _is_waiting(request: Request) -> bool:
    site = site_of(request)
    with site.database.reading() as connection:
        return codes.is_waiting(connection, FOLLOW, browser_of(request).token, site.clock.now())


def _code_again(request: Request, notice: str, status: int) -> Response:
    return show(
        request,
        "code.html",
        status=status,
        notice=notice,
        action="/follow/code",
        back="/follow",
        kept={},
    )
