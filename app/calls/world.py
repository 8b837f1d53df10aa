"""What conversations work with."""

from concurrent.futures import Executor
from dataclasses import dataclass, field

from app.calls.gateway.service import OutboundGateway
from app.calls.identities import Identities
from app.calls.lanes import Lane
from app.calls.screening.watch import Screening
from app.calls.wiring import Notices, Renderer, Wiring, no_notices
from app.clock import Clock
from app.database import Database
from app.publishing.archive import Archive
from app.publishing.live import LiveLibrary


@dataclass(frozen=True, slots=True)
class World:
    """What all conversations of a worker share; `threads` are kept for their reads, if any are."""

    database: Database
    journal: Lane
    library: LiveLibrary
    archive: Archive
    renderer: Renderer
    wiring: Wiring
    clock: Clock
    identities: Identities
    screening: Screening = field(default_factory=Screening)
    notices: Notices = no_notices
    gateway: OutboundGateway = field(default_factory=OutboundGateway)
    threads: Executor | None = None
