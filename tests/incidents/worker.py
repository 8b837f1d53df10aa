"""A worker process of the test of deaths: the real jobs of incidents, a fast clock, a noting telephone.

Arguments: the database's URL, the virtual epoch, the real one, and the file that calls are noted in.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from app.database import Database, unlock
from app.flows.compiler import compile_folder
from app.incidents.jobs import IncidentJobs
from app.incidents.service import Incidents
from app.jobs.runner import JobRunner, Tools
from app.messages.service import SEND
from app.policies.shelf import load_shelf
from tests.tickets.clocks.worker import FLOWS, FastClock, NotingTelephone

SPEED = 20.0


async def work(database_url: str, virtual: str, real: str, noted: str) -> None:
    """Do the background work of incidents until killed."""
    unlock(["test secret key 0123456789"])
    directory = compile_folder(FLOWS, load_shelf(FLOWS / "policies")).directory
    clock = FastClock(datetime.fromisoformat(virtual).astimezone(UTC), float(real), SPEED)
    database = Database(database_url)
    jobs = IncidentJobs(Incidents(lambda: directory, lambda: token_hex(16)))
    handlers = {**jobs.handlers(), SEND: lambda _payload, _tools: None}
    tools = Tools(database, NotingTelephone(Path(noted)), clock)
    runner = JobRunner(database, clock, handlers, tools, f"worker-{os.getpid()}")
    runner.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:5]))
