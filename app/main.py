"""Builds the FastAPI application from settings: the one place where the parts meet."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from fastapi import FastAPI

from app import probes
from app.calls.callbacks import Callbacks
from app.calls.conversation import Conversation
from app.calls.gateway.canary.jobs import CanaryJobs
from app.calls.gateway.service import OutboundGateway
from app.calls.identities import Identities, RandomIdentities
from app.calls.journal import Journal
from app.calls.offline import Offline
from app.calls.recordings.jobs import provider_of, recording_jobs
from app.calls.recordings.store import recordings_store
from app.calls.replay import Replay
from app.calls.spool import Spool
from app.calls.telephony import Telephony
from app.calls.world import World
from app.clock import Clock, SystemClock
from app.database import Database, unlock
from app.flows.findings import FlowError
from app.gates import GATES, HOLIDAYS
from app.jobs.runner import JobRunner, Tools
from app.logs import configure_logs
from app.lookout import Following, Lookout, in_thread
from app.messages.composing import Composer
from app.messages.receiver import TextReceiver
from app.metrics.state import StandingState
from app.notices.board import NoticeBoard
from app.people.alerts.push import PushJobs, push_subject
from app.prompt_audio.jobs import PromptJobs
from app.prompt_audio.shelf import AudioShelf
from app.prompt_audio.watch import PromptWatch
from app.publishing.archive import Archive
from app.publishing.editions import Gates
from app.publishing.folder import FlowFolder
from app.publishing.follower import Follower
from app.publishing.live import LiveLibrary
from app.publishing.opening import open_library
from app.settings import Settings, SettingsError, load_settings
from app.softphone.connecting import Connecting
from app.tickets.numbers import fresh_number
from app.tickets.times import keep_time_by
from app.voice.account import account_of
from app.voice.asgi import HotlineApplication
from app.voice.fallback import safe_documents
from app.voice.gateway import TwilioGateway
from app.voice.renderer import Renderer
from app.voice.signature import SignatureCheck
from app.voice.signed import SignedRequests
from app.voice.softphones import SoftphoneEdge
from app.voice.texts import TextEdge
from app.voice.webhooks import VoiceEdge
from app.web.application import add_pages, close_pages
from app.web.site import Site
from app.wiring import Handlers, wire

EMERGENCIES_AT_ONCE = 2  # that read the database; more of them wait for milliseconds
COLLECT_AFTER = 20_000  # objects more than before, until circles of garbage are looked for


@dataclass(frozen=True, slots=True)
class Flows:
    """How versions come into a process: what they must pass, and who looks for them."""

    gates: Gates
    follower: Follower
    archive: Archive
    threads: ThreadPoolExecutor


@dataclass(slots=True)
class Service:
    """The assembled parts of one process."""

    settings: Settings
    clock: Clock
    database: Database
    library: LiveLibrary
    flows: Flows
    journal: Journal
    spool: Spool
    replay: Replay
    jobs: JobRunner
    edge: VoiceEdge
    texts: TextEdge
    identities: Identities
    handlers: Handlers
    tools: Tools
    notices: NoticeBoard
    audio: AudioShelf
    lookout: Lookout

    @property
    def site(self) -> Site:
        """What pages work with."""
        return Site(
            self.settings,
            self.clock,
            self.database,
            self.library,
            self.flows.gates,
            self.lookout.wake,
            self.identities,
            self.jobs.wake,
            self.tools.telephony,
            self.notices,
            self.audio,
            self.tools.gateway,
            self.handlers.disputes,
            self.handlers.mediation_controls,
            self.handlers.transfers,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything that works beside the webhooks, from start to end."""
        self.journal.start()
        tasks = [
            asyncio.create_task(self.replay.run()),
            asyncio.create_task(self.lookout.run()),
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
            self.flows.threads.shutdown()
            self.journal.close()
            self.database.close()


def assemble(
    settings: Settings,
    clock: Clock | None = None,
    telephony: Telephony | None = None,
    identities: Identities | None = None,
    gates: Gates = GATES,
    journal_type: type[Journal] = Journal,
    recurs: bool = True,
) -> Service:
    """Put the parts together; nothing runs yet. Raises SettingsError when something is unusable.

    Without `recurs` only those jobs are done that were asked for, nothing by the clock.
    """
    clock = clock or SystemClock()
    unlock(list(settings.secrets))
    HOLIDAYS.prepare(clock.now().year)
    database = Database(settings.database_url)
    library, flows = _open_flows(settings, database, clock, gates)
    keep_time_by(lambda: library.current.directory)
    identities = identities or RandomIdentities(fresh_number)
    composer = Composer(lambda: library.current, settings.phone_number)
    wiring = wire(
        lambda: library.current.directory,
        identities,
        composer,
        library.articles_of,
        settings.webhook_hosts,
        recording_jobs(settings).handlers(),
        {
            **PromptJobs(provider_of(settings), recordings_store(settings)).handlers(),
            **PushJobs(push_subject(settings.base_url)).handlers(),
        },
        CanaryJobs(settings.phone_number, settings.canary_number, identities.random_id),
    )
    network = telephony or TwilioGateway(account_of(settings))
    way_out = OutboundGateway(lambda: library.current.directory, settings.phone_number)
    tools = Tools(database, network, clock, way_out)
    jobs = JobRunner(
        database, clock, wiring.jobs, tools, _worker_name(), wiring.recurring if recurs else (),
        settings.jobs_look_seconds,
    )  # fmt: skip
    journal = journal_type(database, after_commit=jobs.wake)
    spool = Spool(settings.spool_dir, _worker_name())
    safe = safe_documents(library.current, settings.phone_number)
    audio = AudioShelf(recordings_store(settings))
    renderer = Renderer(safe.lost, lambda: library.current, audio.voiced, settings.phone_number)
    notices = NoticeBoard(database)
    world = World(
        database, journal, library, flows.archive, renderer, wiring.calls, clock, identities,
        notices=notices.spoken, gateway=way_out,
    )  # fmt: skip
    conversation = Conversation(
        world,
        Offline(library, renderer, clock, identities, spool, notices.spoken),
        Callbacks(journal, spool, wiring.calls, clock),
    )
    # What no other caller can use up: connections, threads and a lane of the journal.
    urgent = replace(
        world,
        database=database.reserve(EMERGENCIES_AT_ONCE),
        journal=journal.urgent,
        threads=ThreadPoolExecutor(EMERGENCIES_AT_ONCE, thread_name_prefix="emergencies"),
    )
    emergencies = conversation.for_emergencies(
        urgent, Callbacks(journal.urgent, spool, wiring.calls, clock)
    )
    requests = SignedRequests(SignatureCheck(settings.tokens), settings.base_url)
    edge = VoiceEdge(
        requests,
        conversation,
        emergencies,
        renderer,
        safe,
        lambda: library.current,
        clock,
        settings.canary_number,
    )
    softphones = SoftphoneEdge(
        emergencies, Connecting(way_out, lambda: library.current), wiring.transfers, renderer,
        lambda: library.current, database, clock,
    )  # fmt: skip
    edge.answer_too(softphones.spoken())
    receiver = TextReceiver(journal, spool, wiring.texts, composer, clock)
    texts = TextEdge(requests, receiver, composer, clock)
    replay = Replay(spool, database, wiring.calls, identities, clock)
    return Service(
        settings,
        clock,
        database,
        library,
        flows,
        journal,
        spool,
        replay,
        jobs,
        edge,
        texts,
        identities,
        wiring,
        tools,
        notices,
        audio,
        _lookout(
            database,
            clock,
            flows.follower,
            notices,
            PromptWatch(database, lambda: library.current, audio),
        ),
    )


def create_app(settings: Settings | None = None, service: Service | None = None) -> FastAPI:
    """The application: bare endpoints for webhooks, FastAPI for everything else."""
    settings = settings or (service.settings if service else load_settings())
    configure_logs(settings.log_level, settings.log_format)
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
    app.state.standing = StandingState(
        service.database, service.library, service.spool, service.clock
    )
    app.include_router(probes.router)
    add_pages(app, service.site)
    return app


def _leave_alone_what_stands() -> None:
    """What is there at the start stays to the end: no garbage collection looks at it again.

    A full collection that did would stop every call and page of the process for 150 ms and more.
    A page of many rows makes tens of thousands of objects, hardly any of them in circles: looking
    for those every 700 of them, as is usual, doubled its time now and then.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


async def run_worker(settings: Settings) -> None:
    """Do background work until the process is told to end."""
    configure_logs(settings.log_level, settings.log_format)
    service = assemble(settings)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    service.jobs.start()
    flows = service.flows.follower  # nobody calls here: neither notices nor sound are needed
    lookout = Lookout(service.database, service.clock, [_following(flows)])
    following = asyncio.create_task(lookout.run())
    await ending.wait()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await service.jobs.stop()
    service.flows.threads.shutdown()
    service.database.close()


def refuse_unready(settings: Settings) -> None:
    """Raise SettingsError, with the remedy, when the service could not do its work."""
    from app import schema

    database = Database(settings.database_url)
    try:
        current = schema.is_current(database)
        if current:
            _open_library(settings, database, GATES)
    except SettingsError:
        raise
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


def _following(flows: Follower) -> Following:
    return Following("flows", flows.catch_up, flows.is_behind)


def _lookout(
    database: Database, clock: Clock, flows: Follower, notices: NoticeBoard, prompts: PromptWatch
) -> Lookout:
    """Who in this process follows the database."""
    followers = [
        _following(flows),
        Following("notices", lambda: in_thread(lambda: notices.refresh(clock.now()))),
        Following("prompts", lambda: in_thread(prompts.look), prompts.is_behind),
    ]
    return Lookout(database, clock, followers)


def _open_flows(
    settings: Settings, database: Database, clock: Clock, gates: Gates
) -> tuple[LiveLibrary, Flows]:
    folder, library = _open_library(settings, database, gates)
    # Threads of their own: compiling must not hold up the reads of voice webhooks.
    threads = ThreadPoolExecutor(2, thread_name_prefix="flows")
    follower = Follower(library, folder, database, gates, clock, threads)
    archive = Archive(library, database, gates, clock, threads)
    return library, Flows(gates, follower, archive, threads)


def _open_library(
    settings: Settings, database: Database, gates: Gates
) -> tuple[FlowFolder, LiveLibrary]:
    folder = FlowFolder(settings.flows_dir)
    try:
        return folder, open_library(folder, database, gates)
    except FlowError as error:
        rest = f" (and {len(error.findings) - 1} more)" if len(error.findings) > 1 else ""
        raise SettingsError(f"{error.findings[0]}{rest}") from error


def _worker_name() -> str:
    return f"{os.uname().nodename}-{os.getpid()}"
