"""The telephone of whoever has signed in: its page, its beats, and what its buttons do."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection

from app.console.softphone import dialling
from app.console.softphone.panel import signature, site_panel
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.presence import service as presence
from app.people.presence.address import client_of
from app.people.presence.queries import BEAT_SECONDS, presence_of
from app.settings import Settings
from app.softphone import queries, supervision, talking
from app.softphone.errors import NoTalkError, SoftphoneError
from app.softphone.store import talk as talk_of
from app.tickets.errors import TicketError
from app.voice.access_tokens import access_token
from app.web.access import SuperviseCalls, TakeCalls, TakeCallsPassively
from app.web.headers import CONTENT_SECURITY_POLICY
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import Site, site_of
from app.web.words import all_words

router = APIRouter(prefix="/console/softphone", include_in_schema=False)
router.include_router(dialling.router)

HERE = "/console/softphone"
TWILIO = "twilio.com"
CHANGED = {"HX-Trigger": "phone-changed"}
Page = Annotated[str, Form(min_length=8, max_length=32)]
Target = Annotated[str, Form(pattern=r"desk|department:[a-z0-9_-]{1,64}|staff:.{1,64}")]


@router.get("")
def page(request: Request, visitor: TakeCalls) -> Response:
    """The page, meant for a window of its own: a telephone must not ring off with each page."""
    site = site_of(request)
    panel, names = site_panel(request, visitor)
    assert visitor.staff_id is not None
    port = port_of(site.settings)
    answer = render(
        request,
        "softphone/page.html",
        visitor=visitor,
        panel=panel,
        names=names,
        port=port,
        page=site.identities.random_id()[:24],
        exchange=exchange_of(site.settings),
        address=client_of(visitor.staff_id),
        beat=BEAT_SECONDS,
    )
    answer.headers["content-security-policy"] = policy_for(port, site.settings)
    return answer


@router.get("/panel")
def panel(request: Request, visitor: TakeCallsPassively) -> Response:
    """What of the page changes."""
    shown, names = site_panel(request, visitor)
    return render(request, "softphone/panel.html", visitor=visitor, panel=shown, names=names)


@router.get("/chip")
def chip(request: Request, visitor: TakeCallsPassively) -> Response:
    """How the telephone stands, for the top of every other page."""
    site = site_of(request)
    assert visitor.staff_id is not None
    with site.database.reading() as connection:
        present = presence_of(connection, visitor.staff_id)
        ringing = queries.who_rings(connection, visitor.staff_id) is not None
    is_here = present is not None and present.is_here(site.clock.now())
    state = present.state if present and is_here else "closed"
    return render(request, "softphone/chip.html", visitor=visitor, state=state, ringing=ringing)


@router.post("/open")
def open_telephone(request: Request, visitor: TakeCalls, page: Page) -> Response:
    """This page is the telephone from now on."""
    at_desk = visitor.may(Right.calls_take, department="")
    return _done(request, visitor, lambda c, staff, at: presence.open_telephone(
        c, staff, page, at, at_desk=at_desk,
    ))  # fmt: skip


@router.post("/close")
def close_telephone(request: Request, visitor: TakeCallsPassively, page: Page) -> Response:
    """The page is closed: nobody is rung there from this moment."""
    return _done(
        request, visitor, lambda c, staff, at: presence.close_telephone(c, staff, page, at)
    )


@router.post("/beat")
def beat(request: Request, visitor: TakeCallsPassively, page: Page) -> Response:
    """The page is there. Tells whether it still is the telephone, and what it is to connect."""
    site = site_of(request)
    assert visitor.staff_id is not None
    with site.database.writing() as connection:
        at = site.clock.now()
        is_mine = presence.beat(connection, visitor.staff_id, page, at)
        talking.give_up_unconnected(connection, visitor.staff_id, at)
        connect = queries.to_connect(connection, visitor.staff_id) if is_mine else ""
        seen = signature(connection, visitor, at)
    return JSONResponse({"mine": is_mine, "connect": connect, "seen": seen})


@router.post("/token")
def token(request: Request, visitor: TakeCallsPassively) -> Response:
    """What the browser registers with the provider by; also when the former one runs out."""
    assert visitor.staff_id is not None
    try:
        made = access_token(site_of(request).settings, visitor.staff_id)
    except ValueError as error:
        said = all_words().say("softphone.none", language_of(request, visitor))
        raise ProblemError(409, said) from error
    return JSONResponse({"token": made})


@router.post("/state")
def say(
    request: Request, visitor: TakeCalls, state: Annotated[Literal["ready", "away"], Form()]
) -> Response:
    """Take calls, or none."""
    return _done(request, visitor, lambda c, staff, at: presence.say(c, staff, state, at))


@router.post("/hang-up")
def hang_up(request: Request, visitor: TakeCalls) -> Response:
    """End the call on purpose."""
    return _done(request, visitor, talking.put_down)


@router.post("/hold")
def hold(
    request: Request, visitor: TakeCalls, held: Annotated[Literal["yes", "no"], Form()]
) -> Response:
    """Put the citizen on hold, or back; after a warm transfer, bring all three together."""
    room = f"talk-{site_of(request).identities.random_id()}"
    return _done(request, visitor, lambda c, staff, at: talking.hold(
        c, staff, room, at, held=held == "yes"
    ))  # fmt: skip


@router.post("/transfer")
def transfer(
    request: Request,
    visitor: TakeCalls,
    target: Target,
    how: Annotated[Literal["blind", "warm"], Form()],
) -> Response:
    """Ask a department or a colleague into the talk."""
    transfers = site_of(request).transfers
    return _done(request, visitor, lambda c, staff, at: transfers.transfer(
        c, staff, target, at, blind=how == "blind"
    ))  # fmt: skip


@router.post("/take-back")
def take_back(request: Request, visitor: TakeCalls) -> Response:
    """Ask nobody any more."""
    return _done(request, visitor, site_of(request).transfers.take_back)


@router.post("/write-up")
def write_up(
    request: Request,
    visitor: TakeCalls,
    disposition: Annotated[
        Literal["answered", "follow_up", "transferred", "wrong_number", "nuisance"], Form()
    ],
    then: Annotated[Literal["ready", "away"], Form()],
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Say what the call was about, and go on."""
    return _done(request, visitor, lambda c, staff, at: talking.write_up(
        c, staff, disposition, note, then, at
    ))  # fmt: skip


@router.post("/supervise")
def supervise(
    request: Request,
    visitor: SuperviseCalls,
    talk: Annotated[int, Form(ge=1, lt=2**63)],
    mode: Annotated[Literal["listen", "whisper", "join"], Form()],
) -> Response:
    """Come into a talk, or be heard otherwise in it."""
    token = site_of(request).identities.random_id()

    def come(connection: Connection, staff: int, at: datetime) -> None:
        known = talk_of(connection, talk)
        if known is None:
            raise NoTalkError
        department = queries.department_of(connection, known)
        visitor.insist(Right.calls_supervise, department=department)
        supervision.supervise(connection, staff, talk, mode, token, at)

    return _done(request, visitor, come)


def port_of(settings: Settings) -> str:
    """Which telephone network the page speaks to: `twilio`, the `exchange`, or `none` yet."""
    if not is_twilio(settings):
        return "exchange"
    has_key = bool(settings.twilio_api_key_sid and settings.twilio_application_sid)
    return "twilio" if has_key else "none"


def is_twilio(settings: Settings) -> bool:
    """Whether the provider is Twilio itself, and no exchange of ours."""
    host = urlsplit(settings.twilio_api_base_url).hostname or ""
    return host == TWILIO or host.endswith(f".{TWILIO}")


def exchange_of(settings: Settings) -> str:
    """Where browsers plug into the exchange."""
    base = urlsplit(settings.twilio_api_base_url)
    scheme = "wss" if base.scheme == "https" else "ws"
    return f"{scheme}://{base.netloc}/exchange/phones/"


def policy_for(port: str, settings: Settings) -> str:
    """The content security policy of the page: the usual one, and its telephone network."""
    if port == "twilio":
        reached = f"https://*.{TWILIO} wss://*.{TWILIO}"
        own = CONTENT_SECURITY_POLICY.replace(
            "media-src 'self' blob:", f"media-src 'self' blob: mediastream: https://*.{TWILIO}"
        )
    else:
        reached, own = (
            exchange_of(settings).removesuffix("/exchange/phones/"),
            (CONTENT_SECURITY_POLICY),
        )
    return own.replace("connect-src 'self'", f"connect-src 'self' {reached}")


def _done(
    request: Request, visitor: Visitor, verb: Callable[[Connection, int, datetime], None]
) -> Response:
    """Carry out a verb of the visitor's own telephone; the page then looks anew."""
    site: Site = site_of(request)
    assert visitor.staff_id is not None
    try:
        with site.database.writing() as connection:
            verb(connection, visitor.staff_id, site.clock.now())
    except (SoftphoneError, TicketError) as error:
        raise ProblemError(409, error.said(language_of(request, visitor))) from error
    site.wake_jobs()
    if "hx-request" in request.headers or "json" in request.headers.get("accept", ""):
        return Response(status_code=204, headers=CHANGED)
    return RedirectResponse(HERE, 303)
