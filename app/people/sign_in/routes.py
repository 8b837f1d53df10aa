"""Pages of the way in: password, second factor, replacing a one-time password."""

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.people.account import service as account
from app.people.account.passwords import NewPassword, new_password_error
from app.people.credentials.throttle import TooManyAttemptsError
from app.people.sessions.queries import Pending, Seen
from app.people.sign_in import flow, oidc_routes
from app.people.sign_in.door import door_of
from app.web.access import HalfSignedIn, Public
from app.web.onward import Onward, OnwardField
from app.web.pages import render
from app.web.refusals import STEPS
from app.web.sessions import browser_of
from app.web.site import site_of

router = APIRouter(prefix="/console", include_in_schema=False)
router.include_router(oidc_routes.router)

Text = Annotated[str, Form(max_length=1_000)]


@router.get("/sign-in")
def page(
    request: Request,
    _anybody: Public,
    onward: Onward = "/console",
    error: str = "",
) -> Response:
    """The form for login and password; `error` is what the identity provider's way ended with."""
    said = error if error in ("oidc", "oidc_unknown") else ""
    return _form(request, onward, error=said)


@router.post("/sign-in")
def sign_in(
    request: Request,
    _anybody: Public,
    login: Text = "",
    password: Text = "",
    onward: OnwardField = "/console",
) -> Response:
    """Sign in by password; the second factor may still be due."""
    door = door_of(request)
    try:
        flow.by_password(site_of(request).database, login, password, door)
    except flow.WrongError:
        return _form(request, onward, login, status=401, error="wrong")
    except TooManyAttemptsError as error:
        return _wait(request, error, _form(request, onward, login, status=429, error="too_many"))
    browser_of(request).keep(door.token)
    return RedirectResponse(onward, 303)


@router.get("/sign-in/code")
def code_page(request: Request, _visitor: HalfSignedIn, onward: Onward = "/console") -> Response:
    """The form for the second factor."""
    if _seen(request).pending is not Pending.code:
        return RedirectResponse(onward, 303)
    return render(request, "people/code.html", next=onward, error="")


@router.post("/sign-in/code")
def give_code(
    request: Request,
    _visitor: HalfSignedIn,
    code: Text = "",
    onward: OnwardField = "/console",
) -> Response:
    """Give the second factor, or a recovery code."""
    door = door_of(request)
    if _seen(request).pending is not Pending.code:
        return RedirectResponse(onward, 303)
    try:
        used_recovery = flow.by_code(site_of(request).database, _seen(request), code, door)
    except flow.WrongError:
        return render(request, "people/code.html", status=401, next=onward, error="wrong_code")
    except TooManyAttemptsError as error:
        page = render(request, "people/code.html", status=429, next=onward, error="too_many")
        return _wait(request, error, page)
    browser_of(request).keep(door.token)
    return RedirectResponse("/console/account?done=recovery_used" if used_recovery else onward, 303)


@router.get("/sign-in/password")
def password_page(
    request: Request, _visitor: HalfSignedIn, onward: Onward = "/console"
) -> Response:
    """The form that replaces a one-time password."""
    if _seen(request).pending is not Pending.password:
        return _onwards(request, onward)
    return render(request, "people/first_password.html", next=onward, error="")


@router.post("/sign-in/password")
def replace_password(
    request: Request,
    visitor: HalfSignedIn,
    new: Text = "",
    again: Text = "",
    onward: OnwardField = "/console",
) -> Response:
    """Replace a one-time password."""
    site = site_of(request)
    if _seen(request).pending is not Pending.password:
        return _onwards(request, onward)
    error = new_password_error(site.database, visitor, NewPassword(new, again), site.clock.now())
    if error:
        return render(request, "people/first_password.html", status=422, next=onward, error=error)
    return RedirectResponse(onward, 303)


@router.post("/sign-out")
def sign_out(request: Request, visitor: HalfSignedIn) -> Response:
    """End this session."""
    site = site_of(request)
    account.end_session(site.database, visitor, visitor.session, site.clock.now())
    browser_of(request).forget()
    answer = RedirectResponse("/console/sign-in", 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _form(
    request: Request, there: str, login: str = "", *, status: int = 200, error: str = ""
) -> Response:
    return render(
        request,
        "people/sign_in.html",
        status=status,
        next=there,
        login=login,
        error=error,
        has_oidc=bool(site_of(request).settings.oidc_issuer),
    )


def _wait(request: Request, error: TooManyAttemptsError, page: Response) -> Response:
    seconds = (error.until - site_of(request).clock.now()).total_seconds()
    page.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return page


def _onwards(request: Request, there: str) -> Response:
    pending = _seen(request).pending
    return RedirectResponse(STEPS[pending] if pending else there, 303)


def _seen(request: Request) -> Seen:
    seen: Seen = request.state.seen
    return seen
