"""Pages of the set-up."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.calls.number import ask_provider, point_here
from app.calls.outbound.rules import NotAllowedError
from app.calls.outbound.test_calls import ask_for_test_call
from app.calls.telephony import TelephonyError
from app.console.naming import names_for
from app.console.setup.directory_file import telephones, with_telephones
from app.console.setup.saving import files_in_force, save_files
from app.console.setup.steps import STEPS, progress
from app.flows.findings import FlowError
from app.flows.numbering import is_placeholder
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.people.staff.queries import find_person
from app.site_settings.service import change_setting
from app.tickets.phones import e164
from app.web.access import SetUpSite, SetUpSitePassively
from app.web.pages import language_of, render
from app.web.site import Site, site_of

router = APIRouter(prefix="/console/setup")

HERE = "/console/setup"


@router.get("")
def page(request: Request, visitor: SetUpSite, check: bool = False, said: str = "") -> Response:
    """All steps; with `check` the provider is asked."""
    return _page(request, visitor, check=check, said=said)


@router.get("/live")
def live(request: Request, visitor: SetUpSitePassively) -> Response:
    """The same, fetched by the page itself while a test call is under way."""
    return _page(request, visitor)


@router.post("/departments")
async def departments(request: Request, visitor: SetUpSite) -> Response:
    """Put the county's own telephones into the directory."""
    from anyio.to_thread import run_sync

    form = await request.form()
    given = {
        name.removeprefix("numbers:"): str(value).replace("，", ",").replace("\n", ",").split(",")
        for name, value in form.multi_items()
        if name.startswith("numbers:")
    }
    return await run_sync(_save_telephones, request, visitor, given)


@router.post("/provider")
def provider(request: Request, visitor: SetUpSite) -> Response:
    """Point our number here."""
    site = site_of(request)
    try:
        point_here(site.number_configuration, site.settings.base_url)
    except TelephonyError as error:
        return _page(request, visitor, check=True, error=str(error), status=502)
    _audit(site, visitor, "provider.number_pointed", {})
    return RedirectResponse(f"{HERE}?check=true&said=pointed#provider", 303)


@router.post("/call")
def call(request: Request, visitor: SetUpSite) -> Response:
    """Ring the telephone of whoever asks."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            ask_for_test_call(
                connection,
                visitor.id,
                visitor.actor,
                site.clock.now(),
                site.identities.random_id(),
            )
    except NotAllowedError as error:
        said = error.said(language_of(request, visitor))
        return _page(request, visitor, error=said, status=422)
    site.wake_jobs()
    return RedirectResponse(f"{HERE}#call", 303)


@router.post("/{state}")
def leave(request: Request, visitor: SetUpSite, state: str) -> Response:
    """Go on later, or be done with it."""
    site = site_of(request)
    wanted = "finished" if state == "finish" else "left"
    with site.database.writing() as connection:
        change_setting(connection, "set_up", wanted, visitor.actor, site.clock.now())
    return RedirectResponse("/console", 303)


def _save_telephones(request: Request, visitor: Visitor, given: dict[str, list[str]]) -> Response:
    site = site_of(request)
    files = files_in_force(site)
    known = telephones(files)
    changed = {
        place: [e164(one) or one.strip() for one in numbers if one.strip()]
        for place, numbers in given.items()
        if place in known
    }
    places = sorted(place for place, numbers in changed.items() if numbers != known[place])
    try:
        if places:
            save_files(site, visitor, files, with_telephones(files, changed), ", ".join(places))
    except FlowError as error:
        said = "; ".join(str(finding) for finding in error.findings[:3])
        return _page(request, visitor, error=said, status=422, typed=changed)
    return RedirectResponse(f"{HERE}?said=saved#departments", 303)


def _audit(site: Site, visitor: Visitor, act: str, detail: dict[str, object]) -> None:
    with site.database.writing() as connection:
        at = site.clock.now()
        record(connection, actor=visitor.actor, act=act, target="site", detail=detail, at=at)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    check: bool = False,
    said: str = "",
    error: str = "",
    status: int = 200,
    typed: dict[str, list[str]] | None = None,
) -> Response:
    site = site_of(request)
    numbers = telephones(files_in_force(site)) | (typed or {})
    asked = ask_provider(site.number_configuration, site.settings.base_url) if check else None
    with site.database.reading() as connection:
        return render(
            request,
            "setup/page.html",
            visitor=visitor,
            status=status,
            steps=STEPS,
            progress=progress(connection, numbers, site.clock.now()),
            numbers=numbers,
            placeholders={
                place for place, group in numbers.items() if any(map(is_placeholder, group))
            },
            provider=asked,
            me=find_person(connection, visitor.id),
            names=names_for(request, visitor, connection),
            hotline=site.settings.phone_number,
            api_base_url=site.settings.twilio_api_base_url,
            said=said if said in ("saved", "pointed") else "",
            error=error,
        )
