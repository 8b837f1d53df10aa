"""To the identity provider and back."""

import asyncio

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.people.sign_in import flow, oidc
from app.people.sign_in.door import door_of
from app.people.sign_in.oidc import Begun, OidcError, Provider
from app.web.access import Public
from app.web.onward import Onward
from app.web.problems import ProblemError
from app.web.sessions import browser_of
from app.web.site import Site, site_of

log = structlog.get_logger()
router = APIRouter(prefix="/sign-in/oidc")

CALLBACK = "/console/sign-in/oidc/callback"


@router.get("")
async def leave(request: Request, _anybody: Public, onward: Onward = "/console") -> Response:
    """Send the browser to the identity provider."""
    site = site_of(request)
    begun = Begun.fresh(onward)
    try:
        address = await oidc.leave(_provider(site), begun)
    except OidcError as error:
        return _refused(error, "oidc")
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        _cookie(site),
        begun.sealed(site.clock.now()),
        max_age=oidc.MINUTES_TO_FINISH * 60,
        secure=_is_https(site),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/callback")
async def come_back(request: Request, _anybody: Public) -> Response:
    """Sign in whom the identity provider names."""
    site, door = site_of(request), door_of(request)
    provider = _provider(site)
    try:
        begun = Begun.opened(request.cookies.get(_cookie(site), ""), door.at)
        identity = await oidc.come_back(provider, begun, request.query_params, door.at)
        await asyncio.to_thread(flow.by_identity, site.database, identity, door)
    except OidcError as error:
        return _refused(error, "oidc")
    except flow.WrongError as error:
        return _refused(error, "oidc_unknown")
    browser_of(request).keep(door.token)
    answer = RedirectResponse(begun.next, 303)
    answer.delete_cookie(_cookie(site), secure=_is_https(site), httponly=True, samesite="lax")
    return answer


def _provider(site: Site) -> Provider:
    settings = site.settings
    if not settings.oidc_issuer:
        raise ProblemError(404)
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        f"{settings.base_url}{CALLBACK}",
    )


def _refused(error: Exception, said: str) -> Response:
    log.warning("sign_in.oidc_failed", why=str(error) or said)
    return RedirectResponse(f"/console/sign-in?error={said}", 303)


def _is_https(site: Site) -> bool:
    return site.settings.base_url.startswith("https")


def _cookie(site: Site) -> str:
    return "__Host-hotline-oidc" if _is_https(site) else "hotline-oidc"
