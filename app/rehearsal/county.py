"""The whole service and the simulated exchange, joined on real sockets, in virtual time."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.exchange.audio import ToneSpeech
from app.exchange.clock import VirtualClock
from app.exchange.exchange import Exchange
from app.exchange.faults import FaultPlan
from app.exchange.numbers import VoiceSettings
from app.exchange.server import build_exchange_app
from app.gates import GATES
from app.main import Service, assemble, create_app
from app.publishing.editions import Gates
from app.settings import Settings, load_settings

HOTLINE = "+867451012345"
CANARY = "+867451012346"
ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "a token only the exchange and the service know"  # noqa: S105 - of this machine alone
LOOK_SECONDS = 5  # an hour that passes in a second is looked at no oftener than it must be
SECRET_KEY = "test secret key 0123456789"  # noqa: S105 - the database is thrown away


class Front:
    """Stands before the service, so that another process can be put behind its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        await self.app(scope, receive, send)


@dataclass(slots=True)
class Joined:
    """A service and its exchange that run."""

    clock: VirtualClock
    exchange: Exchange
    service: Service
    base_url: str
    front: Front


@asynccontextmanager
async def joined(
    clock: VirtualClock,
    database_url: str,
    folder: Path,
    flows: Path,
    faults: FaultPlan | None = None,
    gates: Gates = GATES,
    *,
    canary: bool = False,
) -> AsyncIterator[Joined]:
    """Put both up. `folder` takes recordings and spools; the database has its tables already.

    With a `canary`, the service rings itself every five minutes.
    """
    exchange_socket, service_socket = _listening(), _listening()
    exchange_url, service_url = _url(exchange_socket), _url(service_socket)
    exchange = Exchange(
        clock,
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        api_base_url=exchange_url,
        faults=faults,
        recordings_dir=folder / "recordings",
        speech=ToneSpeech(),
        seed=int(clock.now().timestamp()),  # what goes on later has calls of other SIDs
    )
    exchange.add_number(
        HOTLINE,
        f"{service_url}/voice/incoming",
        voice_fallback_url=f"{service_url}/voice/fallback",
        status_callback=f"{service_url}/voice/status",
        sms_url=f"{service_url}/messages/incoming",
    )
    exchange.add_number(CANARY, "")
    exchange.add_application(
        "softphone",
        VoiceSettings(
            f"{service_url}/voice/softphone", status_callback=f"{service_url}/voice/status"
        ),
    )
    settings = joined_settings(database_url, service_url, exchange_url, folder, flows)
    if canary:
        settings = settings.model_copy(update={"canary_number": CANARY})
    service = assemble(settings, clock, gates=gates)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(build_exchange_app(exchange), exchange_socket))
        front = Front(create_app(service=service))
        await stack.enter_async_context(serving(front, service_socket))
        try:
            yield Joined(clock, exchange, service, service_url, front)
        finally:
            await exchange.close()


def joined_settings(
    database_url: str, service_url: str, exchange_url: str, folder: Path, flows: Path
) -> Settings:
    """Settings of a service that is joined to an exchange."""
    return load_settings(
        _env_file=None,
        database_url=database_url,
        public_base_url=service_url,
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        twilio_api_base_url=exchange_url,
        phone_number=HOTLINE,
        secret_key=SECRET_KEY,
        flows_dir=flows,
        spool_dir=folder / "spool",
        recordings_url=str(folder / "kept"),
        recordings_grace_hours=0.01,
        jobs_look_seconds=LOOK_SECONDS,
        log_level="ERROR",
    )


@asynccontextmanager
async def serving(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    """Serve an application on a socket by a real uvicorn in this loop.

    Its parts instead of `Server.serve`, which looks only ten times a second whether it is to end.
    """
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="on")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listening])
    try:
        yield
    finally:
        for one in server.servers:
            one.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await server.lifespan.shutdown()


def _listening() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


def _url(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"
