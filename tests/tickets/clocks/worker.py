"""A worker process of the test of deaths: the real wiring, a fast clock, a telephone that notes.

Arguments: the database's URL, the virtual epoch, the real one, and the file that calls are noted in.
"""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.calls.telephony import CallOrder
from app.main import assemble
from app.settings import load_settings

SPEED = 10.0


class FastClock:
    """Time that goes ten times as fast, in all workers alike."""

    def __init__(self, virtual: datetime, real: float) -> None:
        self._virtual, self._real = virtual, real

    def now(self) -> datetime:
        return self._virtual + timedelta(seconds=(time.time() - self._real) * SPEED)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


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


def settings_of(database_url: str) -> Any:
    """Settings of a service whose network is never reached."""
    return load_settings(
        _env_file=None,
        database_url=database_url,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="token",
        twilio_api_base_url="http://127.0.0.1:9",
        phone_number="+867451012345",
        secret_key="test secret key 0123456789",
        log_level="ERROR",
    )


async def work(database_url: str, virtual: str, real: str, noted: str) -> None:
    """Do background work until killed."""
    clock = FastClock(datetime.fromisoformat(virtual).astimezone(UTC), float(real))
    service = assemble(settings_of(database_url), clock, NotingTelephone(Path(noted)))
    service.jobs.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:5]))
