"""Everything for people and programs with a browser or a client, put on the application."""

from fastapi import FastAPI
from sqlalchemy import Executable, func, select

from app.api.routes import router as api
from app.calls.models import CallEvent
from app.calls.recordings.routes import router as recordings
from app.calls.recordings.stewardship import router as recordings_stewardship
from app.console.routes import router as console
from app.hearings.models import HearingEvent
from app.mediation.cases.models import DisputeEvent
from app.mediation.models import MediationEvent
from app.people.alerts.models import Alert
from app.portal.routes import router as portal
from app.tickets.models import TicketEvent
from app.voice.audio import router as audio
from app.web import problems, refusals
from app.web.body_limit import BodyLimit
from app.web.files import FingerprintedFiles
from app.web.headers import SecurityHeaders
from app.web.joining import joined
from app.web.live import LiveHub
from app.web.pages import STATIC
from app.web.route_check import check_routes
from app.web.sessions import SessionCookie
from app.web.site import Site

# What open pages are told of: each query's value moves when something of the topic is new.
LIVE_TOPICS: dict[str, Executable] = {
    "tickets": select(func.max(TicketEvent.id)),
    "calls": select(func.max(CallEvent.id)),
    "alerts": select(func.max(Alert.id)),
    "hearings": select(func.max(HearingEvent.id)),
    "mediations": select(func.max(MediationEvent.id)),
    "disputes": select(func.max(DisputeEvent.id)),
}

# One for all applications of a process: what FastAPI works out of two hundred routes stays in it.
ROUTES = joined(audio, portal, console, recordings, recordings_stewardship, api)


def add_pages(app: FastAPI, site: Site) -> None:
    """Add pages, static files, error pages and headers. Raises RightsError for an open route."""
    app.state.site = site
    app.state.live = LiveHub(site.database, site.clock, LIVE_TOPICS)
    app.router.routes.extend(ROUTES.routes)
    app.mount("/static", FingerprintedFiles(directory=STATIC), name="static")
    problems.install(app)
    refusals.install(app)
    is_https = site.settings.base_url.startswith("https")
    app.add_middleware(BodyLimit)
    app.add_middleware(SessionCookie, is_https=is_https)
    app.add_middleware(SecurityHeaders, is_https=is_https)
    check_routes(app)


async def close_pages(app: FastAPI) -> None:
    """Tell nobody anything any more."""
    hub: LiveHub = app.state.live
    await hub.close()
