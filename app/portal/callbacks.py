"""`/callback`: ask to be called back; only a telephone in the asker's own hand is rung (T1)."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.calls.outbound.queries import has_called_us
from app.database import blind_index
from app.messages.codes import queries as proofs
from app.messages.codes import service as codes
from app.messages.codes.limits import admit
from app.messages.codes.service import TooOftenError
from app.messages.numbers import can_be_texted
from app.messages.service import send_text
from app.portal import fields
from app.portal.follow import code_text, fresh_code
from app.portal.form import FormToken, is_hasty, read_token
from app.portal.limits import call_back_requests, call_backs
from app.portal.page import address_of, composer_of, say, show
from app.tickets.callbacks.queries import KIND, open_task
from app.tickets.changes import CALLER
from app.tickets.errors import NumberTakenError
from app.tickets.notes.service import add_note
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket
from app.web.access import Public
from app.web.pages import language_of
from app.web.sessions import browser_of
from app.web.site import site_of

router = APIRouter(prefix="/callback")

CALLBACK = "callback"
LONGEST_WISH = 300
ATTEMPTS = 4
Text = Annotated[str, Form()]


@router.get("")
def form(request: Request, _anybody: Public) -> Response:
    """The form for a telephone and what it is about."""
    return show(request, "callback.html", telephone="", wish="", problems={}, notice="")


@router.post("")
def ask(
    request: Request,
    _anybody: Public,
    form: Text = "",
    website: Text = "",
    phone: Text = "",
    wish: Text = "",
) -> Response:
    """Text a code to a mobile; a landline is called back if it has called, and is not told."""
    number, about = fields.telephone(phone), fields.line(wish, LONGEST_WISH)
    token = read_token(request, form)
    hasty = token is None or is_hasty(request, token, website)
    problems = {} if number else {"phone": say(request, "bad_phone")}
    shown = {"telephone": phone[:40], "wish": about, "problems": problems}
    if token is None or hasty or problems:
        notice = "once_more" if hasty else ""
        return show(request, "callback.html", status=422, notice=notice, **shown)
    try:
        return _asked(request, token, number, about)
    except TooOftenError:
        return show(request, "callback.html", status=429, notice="too_often", **shown)


@router.post("/code")
def give_code(
    request: Request,
    _anybody: Public,
    form: Text = "",
    code: Text = "",
    phone: Text = "",
    wish: Text = "",
) -> Response:
    """Register the call back, once the code has come back from the telephone itself."""
    site = site_of(request)
    number, about = fields.telephone(phone), fields.line(wish, LONGEST_WISH)
    token, at = read_token(request, form), site.clock.now()
    holder = browser_of(request).token
    try:
        with site.database.writing() as connection:
            subject = codes.give_code(connection, CALLBACK, holder, code, at)
    except TooOftenError:
        return _code_page(request, number, about, notice="too_often", status=429)
    if subject is None and _is_pressed_again(request, number):
        return RedirectResponse("/callback/done", 303)
    if token is None or not number or subject != blind_index(number):
        return _code_page(request, number, about, notice="wrong_code", status=422)
    registered = _register(request, token, number, about)
    site.wake_jobs()
    if registered is None:
        return show(request, "callback_done.html", status=429, number="", is_certain=True)
    return RedirectResponse("/callback/done", 303)


@router.get("/done")
def done(request: Request, _anybody: Public) -> Response:
    """The number of the call back that this browser has just asked for."""
    site, holder = site_of(request), browser_of(request).token
    with site.database.reading() as connection:
        caller = proofs.opened(connection, CALLBACK, holder, site.clock.now())
        task = open_task(connection, caller) if caller else None
    if task is None:
        return RedirectResponse("/callback", 303)
    return show(request, "callback_done.html", number=task.number, is_certain=True)


def _is_pressed_again(request: Request, number: str) -> bool:
    """Whether the code has opened this telephone's call back a moment ago."""
    site, holder = site_of(request), browser_of(request).token
    with site.database.reading() as connection:
        at = site.clock.now()
        is_waiting = proofs.is_waiting(connection, CALLBACK, holder, at)
        proved = proofs.opened(connection, CALLBACK, holder, at)
    return not is_waiting and bool(number) and proved == blind_index(number)


def _asked(request: Request, token: FormToken, number: str, wish: str) -> Response:
    site = site_of(request)
    with site.database.writing() as connection:
        limits = call_back_requests(address_of(request))
        if admit(connection, limits, site.clock.now()) is not None:
            raise TooOftenError
    if not can_be_texted(number):
        with site.database.reading() as connection:
            is_known = has_called_us(connection, number)
        if is_known:
            _register(request, token, number, wish)
            site.wake_jobs()
        return show(request, "callback_done.html", number="", is_certain=False)
    with site.database.writing() as connection:
        asked = codes.Request(
            purpose=CALLBACK,
            holder=browser_of(request).token,
            address=address_of(request),
            number=number,
            subject=blind_index(number),
        )
        codes.request_code(
            connection,
            asked,
            fresh_code(),
            lambda code: code_text(request, code),
            site.clock.now(),
        )
    site.wake_jobs()
    return _code_page(request, number, wish)


def _register(request: Request, token: FormToken, number: str, wish: str) -> str | None:
    """The number of the call-back task; None when this telephone has asked too often."""
    for _ in range(ATTEMPTS):
        try:
            with site_of(request).database.writing() as connection:
                return _register_once(connection, request, token, number, wish)
        except NumberTakenError:
            continue
    raise RuntimeError("no free ticket number was found")


def _register_once(
    connection: Connection, request: Request, token: FormToken, number: str, wish: str
) -> str | None:
    site, language = site_of(request), language_of(request)
    at = site.clock.now()
    if admit(connection, call_backs(number), at) is not None:
        return None
    task = open_task(connection, blind_index(number))
    if task is not None:
        words = wish or say(request, "callback.asked_again")
        add_note(connection, task.number, words, CALLER, at, key=f"portal:{token.key}")
        return task.number
    directory = site.library.current.directory
    promise = directory.call_backs
    routing = Routing(
        department=promise.department,
        respond=timedelta(minutes=promise.respond_minutes),
        complete=timedelta(hours=promise.complete_hours),
    )
    appeal = Appeal(
        number=site.identities.ticket_number(),
        source=f"portal:{token.key}",
        kind=KIND,
        category=directory.message_category,
        channel="portal",
        language=language,
        caller=number,
        words=wish,
        note="asked to be called back on the portal",
    )
    opened = open_ticket(connection, appeal, routing, at)
    if can_be_texted(number):
        body = composer_of(site).compose("portal.callback", language, number=opened.number)
        key = f"ticket:{opened.number}"
        send_text(connection, to=number, body=body, key=key, at=at, ticket_id=opened.id)
    return opened.number


def _code_page(
    request: Request, number: str, wish: str, *, notice: str = "", status: int = 200
) -> Response:
    kept: dict[str, Any] = {"phone": number, "wish": wish}
    return show(
        request,
        "code.html",
        status=status,
        notice=notice,
        action="/callback/code",
        back="/callback",
        kept=kept,
    )
