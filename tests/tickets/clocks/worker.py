"""A worker process of the test of deaths: the real jobs, a fast clock, a telephone that notes.

Arguments: the database's URL, the virtual epoch, the real one, and the file that calls are noted in.
"""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from app.calls.telephony import CallOrder
from app.database import Database, unlock
from app.flows.compiler import compile_folder
from app.jobs.runner import JobRunner, Tools
from app.messages.service import SEND
from app.policies.shelf import load_shelf
from app.tickets.clocks.escalation.service import Escalations
from app.tickets.clocks.jobs import ClockJobs

FLOWS = Path(__file__).resolve().parents[3] / "ivr_flows"
SPEED = 10.0


class FastClock:
    """Time that goes ten times as fast, or faster, in all workers alike."""

    def __init__(self, virtual: datetime, real: float, speed: float = SPEED) -> None:
        self._virtual, self._real, self._speed = virtual, real, speed

    def now(self) -> datetime:
        return self._virtual + timedelta(seconds=(time.time() - self._real) * self._speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


class NotingTelephone:
    """Notes every call before it "rings"; nobody answers."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def place_call(self, order: CallOrder) -> str:
        line = f"{order.leg} {order.to}\n".encode()
        noted = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(noted, line)
        os.close(noted)
        return f"CA{order.leg}"

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_more: f"SM{time.monotonic_ns():032d}"


async def work(database_url: str, virtual: str, real: str, noted: str) -> None:
    """Do the background work of the clocks until killed."""
    unlock(["test secret key 0123456789"])
    directory = compile_folder(FLOWS, load_shelf(FLOWS / "policies")).directory
    clock = FastClock(datetime.fromisoformat(virtual).astimezone(UTC), float(real))
    database = Database(database_url)
    clocks = ClockJobs(lambda: directory, Escalations(lambda: directory, lambda: token_hex(16)))
    handlers = {**clocks.handlers(), SEND: lambda _payload, _tools: None}
    tools = Tools(database, NotingTelephone(Path(noted)), clock)
    runner = JobRunner(database, clock, handlers, tools, f"worker-{os.getpid()}", clocks.recurring)
    runner.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:5]))
