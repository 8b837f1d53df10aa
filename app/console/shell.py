"""What surrounds every page: the way in, the language, live changes, the installable app."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from sse_starlette import EventSourceResponse

from app.people.access.rights import Right
from app.site_settings.queries import site_settings
from app.web.access import Public, UseAccount, UsePassively, is_signed_in
from app.web.live import BEAT, LiveHub
from app.web.navigation import navigation
from app.web.onward import local_path
from app.web.pages import LANGUAGE_COOKIE, STATIC, static_url
from app.web.site import site_of
from app.web.words import LANGUAGES

router = APIRouter(include_in_schema=False)

# The worker stands deeper than what it looks after.
WORKER_HEADERS = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/console"}
A_YEAR = 365 * 24 * 3600


@router.get("/console")
def home(request: Request, visitor: UseAccount) -> Response:
    """The first place that this visitor may see; the set-up while it is not done or left."""
    if visitor.may(Right.site_setup) and _is_to_be_set_up(request):
        return RedirectResponse("/console/setup", 303)
    places = navigation(visitor)
    return RedirectResponse(places[0].path if places else "/console/account", 303)


@router.get("/language/{tag}")
def switch_language(request: Request, tag: str, _anybody: Public, back: str = "/") -> Response:
    """Keep the language on this device and go back."""
    answer = RedirectResponse(local_path(back, "/"), 303)
    if tag in LANGUAGES:
        https = request.url.scheme == "https"
        answer.set_cookie(LANGUAGE_COOKIE, tag, max_age=A_YEAR, samesite="lax", secure=https)
    return answer


@router.get("/console/live/events")
async def changes(request: Request, _visitor: UsePassively) -> Response:
    """Server-sent events: the topics in which something is new, until the session ends."""
    hub: LiveHub = request.app.state.live

    async def topics() -> AsyncIterator[dict[str, str]]:
        async for topic in hub.listen():
            if topic == BEAT and not await is_signed_in(request):
                return
            yield {"data": topic}

    return EventSourceResponse(topics(), headers={"Cache-Control": "no-store"})


@router.get("/console/manifest.webmanifest")
def manifest(_anybody: Public) -> Response:
    """What a browser needs to install the console as an app."""
    return JSONResponse(
        {
            "name": "回响 Huixiang",
            "short_name": "回响",
            "description": "移民热线工作台",
            "lang": "zh-CN",
            "start_url": "/console",
            "scope": "/console",
            "display": "standalone",
            "background_color": "#f4f1ea",
            "theme_color": "#0b6b57",
            "icons": [
                {"src": static_url("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                {"src": static_url("icon-192.png"), "sizes": "192x192", "type": "image/png"},
                {"src": static_url("icon-512.png"), "sizes": "512x512", "type": "image/png"},
            ],
        },
        media_type="application/manifest+json",
    )


@router.get("/console/worker.js")
def service_worker(_anybody: Public) -> Response:
    """The service worker; served below /console so that it may look after it."""
    return FileResponse(STATIC / "worker.js", headers=WORKER_HEADERS)


def _is_to_be_set_up(request: Request) -> bool:
    with site_of(request).database.reading() as connection:
        return site_settings(connection).set_up == "begun"
