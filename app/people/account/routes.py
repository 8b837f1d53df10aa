"""Pages of one's own account."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.account import service
from app.people.account.passwords import NewPassword, new_password_error
from app.people.account.service import WrongCodeError, WrongPasswordError
from app.people.credentials import totp
from app.people.credentials.queries import Credential, credential_of, recovery_codes_left
from app.people.credentials.throttle import TooManyAttemptsError
from app.people.pins import service as pins
from app.people.pins.queries import pin_set_at
from app.people.pins.service import WeakPinError
from app.people.sessions.queries import open_sessions
from app.people.staff.errors import StaffError
from app.people.staff.queries import find_person
from app.people.staff.service import Profile, change_profile, reread
from app.web.access import EditPrompts, HalfSignedIn, UseAccount
from app.web.onward import Onward, OnwardField
from app.web.pages import LANGUAGE_COOKIE, render
from app.web.problems import ProblemError
from app.web.site import site_of
from app.web.words import CHINESE, LANGUAGES

router = APIRouter(prefix="/console")

Text = Annotated[str, Form(max_length=1_000)]
HERE = "/console/account"


@router.get("/account")
def page(request: Request, visitor: UseAccount, done: str = "") -> Response:
    """Profile, password, second factor, and where one is signed in."""
    return _page(request, visitor, done=done)


@router.post("/account/profile")
def profile(
    request: Request, visitor: UseAccount, name: Text = "", language: Text = "", phone: Text = ""
) -> Response:
    """Change what others read of oneself."""
    site = site_of(request)
    wished = Profile(name, language if language in LANGUAGES else CHINESE, phone)
    try:
        with site.database.writing() as connection:
            person = reread(connection, visitor.id)
            change_profile(connection, person, wished, by=visitor, at=site.clock.now())
    except StaffError as error:
        return _page(request, visitor, status=422, error=error.code)
    answer = _done("profile")
    answer.delete_cookie(LANGUAGE_COOKIE)  # else the device's former choice would win
    return answer


@router.post("/account/password")
def password(
    request: Request, visitor: UseAccount, current: Text = "", new: Text = "", again: Text = ""
) -> Response:
    """Change one's password."""
    error = _confirmed(request, visitor, current) or new_password_error(
        site_of(request).database, visitor, NewPassword(new, again), site_of(request).clock.now()
    )
    return _page(request, visitor, status=422, error=error) if error else _done("password")


@router.get("/account/totp")
def totp_page(request: Request, visitor: UseAccount) -> Response:
    """The QR code to set the second factor up with."""
    if _credential(request, visitor).has_totp:
        return RedirectResponse(HERE, 303)
    return _enrol(request, visitor, f"{HERE}/totp", HERE)


@router.post("/account/totp")
def set_totp(request: Request, visitor: UseAccount, code: Text = "") -> Response:
    """Let the second factor count, and show the recovery codes once."""
    return _confirm(request, visitor, code, f"{HERE}/totp", HERE)


@router.get("/sign-in/totp")
def first_totp_page(
    request: Request, visitor: HalfSignedIn, onward: Onward = "/console"
) -> Response:
    """The same for somebody whose role needs a second factor, before anything else."""
    _insist_on_enrolling(request, visitor)
    return _enrol(request, visitor, "/console/sign-in/totp", onward)


@router.post("/sign-in/totp")
def set_first_totp(
    request: Request,
    visitor: HalfSignedIn,
    code: Text = "",
    onward: OnwardField = "/console",
) -> Response:
    """Let the second factor count, and go on."""
    _insist_on_enrolling(request, visitor)
    return _confirm(request, visitor, code, "/console/sign-in/totp", onward)


@router.post("/account/totp/remove")
def remove_totp(request: Request, visitor: UseAccount, current: Text = "") -> Response:
    """Take the second factor away, unless a role needs it."""
    if visitor.roles & set(site_of(request).settings.totp_roles):
        return _page(request, visitor, status=422, error="totp_needed")
    error = _confirmed(request, visitor, current)
    if error:
        return _page(request, visitor, status=422, error=error)
    service.remove_totp(site_of(request).database, visitor, site_of(request).clock.now())
    return _done("totp_removed")


@router.post("/account/recovery-codes")
def recovery_codes(request: Request, visitor: UseAccount, current: Text = "") -> Response:
    """Make new recovery codes and show them once."""
    site = site_of(request)
    error = _confirmed(request, visitor, current)
    if error or not _credential(request, visitor).has_totp:
        return _page(request, visitor, status=422, error=error or "totp_missing")
    codes = totp.fresh_recovery_codes(secrets.randbelow)
    service.replace_recovery_codes(site.database, visitor, codes, site.clock.now())
    return render(request, "people/recovery_codes.html", visitor=visitor, codes=codes, next=HERE)


@router.post("/account/pin")
def pin(
    request: Request, visitor: EditPrompts, current: Text = "", pin: Text = "", again: Text = ""
) -> Response:
    """Set the PIN with which one records prompts by telephone."""
    site = site_of(request)
    error = _confirmed(request, visitor, current)
    if not error and pin != again:
        error = "pin_not_again"
    if not error:
        try:
            service.set_pin(site.database, visitor, pin, site.clock.now())
        except WeakPinError as weak:
            error = f"pin_{weak.weakness}"
    return _page(request, visitor, status=422, error=error) if error else _done("pin")


@router.post("/account/pin/remove")
def remove_pin(request: Request, visitor: UseAccount) -> Response:
    """Have no PIN any more."""
    site = site_of(request)
    with site.database.writing() as connection:
        pins.remove_pin(connection, visitor, site.clock.now())
    return _done("pin_removed")


@router.post("/account/sessions/{key}/end")
def end_session(request: Request, visitor: UseAccount, key: str) -> Response:
    """Sign out at one of the places where one is signed in."""
    site = site_of(request)
    if not service.end_session(site.database, visitor, key, site.clock.now()):
        raise ProblemError(404)
    return _done("session")


@router.post("/account/sessions/end")
def end_sessions(request: Request, visitor: UseAccount) -> Response:
    """Sign out everywhere else."""
    site = site_of(request)
    service.end_other_sessions(site.database, visitor, site.clock.now())
    return _done("sessions")


def _page(
    request: Request, visitor: Visitor, *, status: int = 200, done: str = "", error: str = ""
) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        context: dict[str, Any] = {
            "person": find_person(connection, visitor.id),
            "credential": credential_of(connection, visitor.id),
            "codes_left": recovery_codes_left(connection, visitor.id),
            "sessions": open_sessions(connection, visitor.id, site.clock.now()),
            "departments": site.library.current.directory.departments,
            "pin_set_at": pin_set_at(connection, visitor.id),
            "may_record": visitor.may(Right.prompts_edit),
            "totp_needed": bool(visitor.roles & set(site.settings.totp_roles)),
        }
    return render(
        request, "people/account.html", visitor=visitor, status=status,
        done=done, error=error, **context,
    )  # fmt: skip


def _enrol(
    request: Request, visitor: Visitor, address: str, there: str, *, error: str = ""
) -> Response:
    fresh = totp.fresh_secret(secrets.randbelow)
    secret = service.totp_to_confirm(site_of(request).database, visitor, fresh)
    login = _credential(request, visitor).login
    return render(
        request,
        "people/totp.html",
        status=422 if error else 200,
        address=address,
        next=there,
        error=error,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        picture=Markup(totp.qr_svg(totp.provisioning_uri(secret, login))),  # noqa: S704
    )


def _confirm(request: Request, visitor: Visitor, code: str, address: str, there: str) -> Response:
    site, codes = site_of(request), totp.fresh_recovery_codes(secrets.randbelow)
    try:
        service.confirm_totp(site.database, visitor, code, codes, site.clock.now())
    except WrongCodeError:
        return _enrol(request, visitor, address, there, error="wrong_code")
    return render(request, "people/recovery_codes.html", codes=codes, next=there)


def _insist_on_enrolling(request: Request, visitor: Visitor) -> None:
    """Whoever has a second factor does not replace it by the password alone."""
    if _credential(request, visitor).has_totp:
        raise ProblemError(409)


def _confirmed(request: Request, visitor: Visitor, password: str) -> str:
    """Nothing when the password is theirs, else the key of the sentence that says what is not."""
    site = site_of(request)
    try:
        service.confirm_password(site.database, visitor, password, site.clock.now())
    except WrongPasswordError:
        return "wrong_password"
    except TooManyAttemptsError:
        return "too_many"
    return ""


def _credential(request: Request, visitor: Visitor) -> Credential:
    with site_of(request).database.reading() as connection:
        credential = credential_of(connection, visitor.id)
    if credential is None:
        raise ProblemError(404)
    return credential


def _done(what: str) -> RedirectResponse:
    return RedirectResponse(f"{HERE}?done={what}", 303)
