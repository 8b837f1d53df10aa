"""What web routes work with; put on the application once, by `app.main`."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from app.calls.gateway.service import OutboundGateway
from app.calls.identities import Identities
from app.calls.telephony import NumberConfiguration
from app.clock import Clock
from app.database import Database
from app.mediation.cases.wiring import Disputes
from app.mediation.controls.service import Controls
from app.notices.board import NoticeBoard
from app.policies.shelf import PolicyShelf
from app.prompt_audio.shelf import AudioShelf
from app.publishing.editions import Gates
from app.publishing.live import LiveLibrary
from app.settings import Settings
from app.softphone.transfers import Transfers


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of the service that pages and the API may use.

    `wake_jobs` lets the background look at once for what a request has just committed, and
    `follow_releases` for the version that it has put in force. `gates` are what a version passes.
    """

    settings: Settings
    clock: Clock
    database: Database
    library: LiveLibrary
    gates: Gates
    follow_releases: Callable[[], None]
    identities: Identities
    wake_jobs: Callable[[], None]
    number_configuration: NumberConfiguration
    notices: NoticeBoard
    audio: AudioShelf
    gateway: OutboundGateway
    disputes: Disputes
    mediation_controls: Controls
    transfers: Transfers

    @property
    def shelf(self) -> PolicyShelf:
        """The policy articles in force."""
        return self.library.shelf


def site_of(request: Request) -> Site:
    """The site a request came to."""
    site: Site = request.app.state.site
    return site
