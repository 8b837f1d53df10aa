"""The servers under measurement: processes of their own, pinned to a core of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings

TOKEN = "the bench signs with this"  # noqa: S105 - signs nothing but its own requests
LONGEST_START_SECONDS = 90.0
SERVER_CORE, LOADER_CORE = 0, 1


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, its processes, and how long it took to answer first."""

    name: str
    port: int
    pids: tuple[int, ...]
    start_seconds: float

    def cpu_seconds(self) -> float:
        """Processor time that its processes have used."""
        return sum(time.clock_gettime(_cpu_clock(pid)) for pid in self.pids)

    def resident_megabytes(self) -> float:
        """Memory of its largest process."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1_048_576


@contextmanager
def bare_route() -> Iterator[Server]:
    """R, the bare route."""
    with _serving("R", "app.bench.bare:app", {}, 1, factory=False) as server:
        yield server


@contextmanager
def service(name: str, database_url: str, folder: Path, workers: int = 1) -> Iterator[Server]:
    """The real service on a migrated database."""
    environment = {
        "HOTLINE_DATABASE_URL": database_url,
        "HOTLINE_TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_TWILIO_API_BASE_URL": "http://127.0.0.1:9",  # nobody is rung
        "HOTLINE_SECRET_KEY": "the bench keeps no secrets",
        "HOTLINE_PHONE_NUMBER": "+867451012345",
        "HOTLINE_SPOOL_DIR": str(folder / "spool"),
        "HOTLINE_LOG_LEVEL": "ERROR",
    }
    with _serving(name, "app.main:create_app", environment, workers, factory=True) as server:
        yield server


@contextmanager
def site(settings: Settings, folder: Path) -> Iterator[Server]:
    """The real service on somebody's database, without background work."""
    environment = {
        "HOTLINE_DATABASE_URL": settings.database_url,
        "HOTLINE_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "HOTLINE_TWILIO_AUTH_TOKEN": ",".join(settings.tokens),
        "HOTLINE_SECRET_KEY": ",".join(settings.secrets),
        "HOTLINE_PHONE_NUMBER": settings.phone_number,
        "HOTLINE_FLOWS_DIR": str(settings.flows_dir),
        "HOTLINE_RECORDINGS_URL": settings.recordings_url,
        "HOTLINE_SPOOL_DIR": str(folder / "spool"),
        "HOTLINE_RUN_JOBS": "false",
        "HOTLINE_LOG_LEVEL": "ERROR",
    }
    with _serving("site", "app.main:create_app", environment, 1, factory=True) as server:
        yield server


@contextmanager
def _serving(
    name: str, app: str, environment: Mapping[str, str], workers: int, *, factory: bool
) -> Iterator[Server]:
    port = _free_port()
    command = [
        sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port),
        "--no-access-log", "--log-level", "error", "--loop", "uvloop", "--http", "httptools",
        "--workers", str(workers), *(["--factory"] if factory else []),
    ]  # fmt: skip
    own = {"HOTLINE_PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | environment | own)  # noqa: S603
    if workers == 1 and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process.pid, {SERVER_CORE})
    try:
        _wait(process, port)
        seconds = time.perf_counter() - begin
        family = _family(process.pid) if workers > 1 else (process.pid,)
        yield Server(name, port, family, seconds)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _cpu_clock(pid: int) -> int:
    """The clock of a process's own time, as Linux numbers it (clock_getcpuclockid); in ns."""
    return (~pid << 3) | 2


def pin_loader() -> None:
    """Keep the loader off the server's core, where there are two."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {LOADER_CORE})


def _family(pid: int) -> tuple[int, ...]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (pid, *(int(child) for child in children))


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.perf_counter() + LONGEST_START_SECONDS
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended by itself; start it by hand to see why")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.2):
                return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError("the server did not answer in time")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
