"""Builds the FastAPI application from settings: the one place where the parts meet."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from fastapi import FastAPI

from app import probes
from app.calls.callbacks import Callbacks
from app.calls.conversation import Conversation, World
from app.calls.identities import Identities, RandomIdentities
from app.calls.journal import Journal
from app.calls.offline import Offline
from app.calls.recordings.jobs import recording_jobs
from app.calls.replay import Replay
from app.calls.spool import Spool
from app.calls.telephony import Telephony
from app.clock import Clock, SystemClock
from app.database import Database, unlock
from app.flows.findings import Finding, FlowError
from app.flows.live import LiveLibrary
from app.jobs.runner import JobRunner, Tools
from app.logs import configure_logs
from app.messages.composing import Composer
from app.messages.receiver import TextReceiver
from app.people.alerts.push import push_subject
from app.people.roster.calendar import ChineseHolidays
from app.policies.shelf import PolicyShelf, load_shelf
from app.settings import Settings, SettingsError, load_settings
from app.tickets.numbers import fresh_number
from app.tickets.times import keep_time_by
from app.voice.asgi import HotlineApplication
from app.voice.gateway import Account, TwilioGateway
from app.voice.renderer import Renderer
from app.voice.signature import SignatureCheck
from app.voice.signed import SignedRequests
from app.voice.texts import TextEdge
from app.voice.webhooks import VoiceEdge, prerender
from app.web.application import add_pages, close_pages
from app.web.site import Site
from app.wiring import Handlers, wire

log = structlog.get_logger()

COLLECT_AFTER = 20_000  # objects more than before, until circles of garbage are looked for

LOOK_FOR_CHANGES_SECONDS = 2.0
HOLIDAYS = ChineseHolidays()


@dataclass(slots=True)
class Service:
    """The assembled parts of one process."""

    settings: Settings
    clock: Clock
    database: Database
    shelf: PolicyShelf
    library: LiveLibrary
    journal: Journal
    replay: Replay
    jobs: JobRunner
    edge: VoiceEdge
    texts: TextEdge
    identities: Identities
    handlers: Handlers
    tools: Tools

    @property
    def site(self) -> Site:
        """What pages work with."""
        return Site(
            self.settings,
            self.clock,
            self.database,
            self.library,
            self.shelf,
            self.identities,
            self.jobs.wake,
            self.tools.telephony,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything that works beside the webhooks, from start to end."""
        self.journal.start()
        tasks = [
            asyncio.create_task(self.replay.run()),
            asyncio.create_task(self._follow_changes()),
        ]
        if self.settings.run_jobs:
            self.jobs.start()
        try:
            yield
        finally:
            await self.jobs.stop()
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            self.journal.close()
            self.database.close()

    async def _follow_changes(self) -> None:
        while True:
            await self.clock.sleep(LOOK_FOR_CHANGES_SECONDS)
            if self.library.refresh(_report):
                log.info("flows.changed", version=self.library.current.version)


def assemble(
    settings: Settings,
    clock: Clock | None = None,
    telephony: Telephony | None = None,
    identities: Identities | None = None,
) -> Service:
    """Put the parts together; nothing runs yet. Raises SettingsError when something is unusable."""
    clock = clock or SystemClock()
    unlock(list(settings.secrets))
    shelf, library = _load_flows(settings)
    HOLIDAYS.prepare(clock.now().year)
    keep_time_by(lambda: library.current.directory)
    database = Database(settings.database_url)
    identities = identities or RandomIdentities(fresh_number)
    composer = Composer(lambda: library.current, settings.phone_number)
    wiring = wire(
        lambda: library.current.directory,
        identities,
        composer,
        shelf,
        settings.webhook_hosts,
        recording_jobs(settings).handlers(),
        push_subject(settings.base_url),
    )
    gateway = telephony or TwilioGateway(account_of(settings))
    tools = Tools(database, gateway, clock)
    jobs = JobRunner(database, clock, wiring.jobs, tools, _worker_name(), wiring.recurring)
    journal = Journal(database, after_commit=jobs.wake)
    spool = Spool(settings.spool_dir, _worker_name())
    safe = prerender(library.current.directory)
    renderer = Renderer(safe.lost, lambda: library.current)
    world = World(database, journal, library, shelf, renderer, wiring.calls, clock, identities)
    conversation = Conversation(
        world,
        Offline(library, shelf, renderer, clock, identities, spool),
        Callbacks(journal, spool, wiring.calls, clock),
    )
    requests = SignedRequests(SignatureCheck(settings.tokens), settings.base_url)
    edge = VoiceEdge(
        requests,
        conversation,
        renderer,
        safe,
        lambda: library.current,
        clock,
    )
    receiver = TextReceiver(journal, spool, wiring.texts, composer, clock)
    texts = TextEdge(requests, receiver, composer, clock)
    replay = Replay(spool, database, wiring.calls, identities, clock)
    return Service(
        settings,
        clock,
        database,
        shelf,
        library,
        journal,
        replay,
        jobs,
        edge,
        texts,
        identities,
        wiring,
        tools,
    )


def create_app(settings: Settings | None = None, service: Service | None = None) -> FastAPI:
    """The application: bare endpoints for webhooks, FastAPI for everything else."""
    settings = settings or (service.settings if service else load_settings())
    configure_logs(settings.log_level)
    is_whole_process = service is None
    service = service or assemble(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service.running():
            if is_whole_process:
                _leave_alone_what_stands()
            yield
            await close_pages(app)

    app = HotlineApplication(
        service.edge.endpoints() | service.texts.endpoints(),
        title="Huixiang",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.database = service.database
    app.state.library = service.library
    app.include_router(probes.router)
    add_pages(app, service.site)
    return app


def _leave_alone_what_stands() -> None:
    """What is there at the start stays to the end: no garbage collection looks at it again.

    A full collection that did would stop every call and page of the process for 150 ms and more.
    A page of many rows makes tens of thousands of objects, hardly any of them in circles: looking
    for those every 700 of them, as is usual, doubled its time now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


async def run_worker(settings: Settings) -> None:
    """Do background work until the process is told to end."""
    configure_logs(settings.log_level)
    service = assemble(settings)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    service.jobs.start()
    await ending.wait()
    await service.jobs.stop()
    service.database.close()


def refuse_unready(settings: Settings) -> None:
    """Raise SettingsError, with the remedy, when the service could not do its work."""
    from app import schema

    _load_flows(settings)
    database = Database(settings.database_url)
    try:
        current = schema.is_current(database)
    except Exception as error:
        reason = type(error).__name__
        raise SettingsError(
            f"the database of HOTLINE_DATABASE_URL cannot be reached ({reason}): "
            "see that it runs and that the address, the user and the password are right"
        ) from error
    finally:
        database.close()
    if not current:
        raise SettingsError("the database is not at the newest schema: run `hotline db upgrade`")


def account_of(settings: Settings) -> Account:
    """The provider's account; an API key is preferred over the auth token."""
    key = settings.twilio_api_key_sid
    secret = settings.twilio_api_key_secret.get_secret_value()
    return Account(
        sid=settings.twilio_account_sid,
        user=key or settings.twilio_account_sid,
        password=secret or settings.tokens[0],
        api_base_url=settings.twilio_api_base_url,
        public_base_url=settings.base_url,
        phone_number=settings.phone_number,
    )


def _load_flows(settings: Settings) -> tuple[PolicyShelf, LiveLibrary]:
    if not settings.flows_dir.is_dir():
        raise SettingsError(f"HOTLINE_FLOWS_DIR: there is no folder {settings.flows_dir}")
    try:
        shelf = load_shelf(settings.flows_dir / "policies")
        return shelf, LiveLibrary(settings.flows_dir, shelf, HOLIDAYS)
    except FlowError as error:
        rest = f" (and {len(error.findings) - 1} more)" if len(error.findings) > 1 else ""
        raise SettingsError(f"{error.findings[0]}{rest}") from error


def _report(findings: list[Finding]) -> None:
    for finding in findings:
        log.error("flows.refused", finding=str(finding), in_force="the last good version")


def _worker_name() -> str:
    return f"{os.uname().nodename}-{os.getpid()}"
