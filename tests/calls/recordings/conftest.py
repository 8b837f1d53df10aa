"""A workshop on a fresh database, with a provider that lies and a clock that is moved by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app.blobs import BlobStore
from app.calls.callbacks import log_recording
from app.calls.facts import RecordingEvent
from app.calls.recordings import jobs, service
from app.calls.recordings.models import KeptRecording
from app.calls.recordings.trouble import WAITS
from app.calls.recordings.work import Policy, Workshop
from app.calls.wiring import Wiring
from app.database import Database
from app.jobs.models import Job
from app.jobs.runner import Tools
from sqlalchemy import insert, select, update
from tests.calls.recordings.liar import SID, Answer, Liar, lying
from tests.fixtures.office import NOON, FixedClock

CALL = "CA" + "b" * 32


class Nobody:
    """No telephone network is asked for anything here."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was not to be called")


class Archive:
    """Recordings from callback to expiry, one step at a time."""

    def __init__(self, database: Database, files: BlobStore, liar: Liar) -> None:
        self.database, self.files, self.liar = database, files, liar
        self.clock = FixedClock(NOON)
        self.policy = Policy(grace=timedelta(hours=1))

    @property
    def tools(self) -> Tools:
        return Tools(self.database, Nobody(), self.clock)

    @property
    def workshop(self) -> Workshop:
        return Workshop(self.liar.provider(), self.files, self.policy, self.database, self.clock)

    @property
    def jobs(self) -> jobs.RecordingJobs:
        return jobs.RecordingJobs(self.liar.provider(), self.files, self.policy)

    def told(self, status: str = "completed", **changes: Any) -> None:
        """The provider tells of the recording."""
        facts = {
            "sid": SID,
            "call_sid": CALL,
            "conference_sid": "",
            "seconds": 4,
            "channels": 1,
            "source": "RecordVerb",
        } | changes
        wiring = Wiring(recording=(service.expect,))
        with self.database.writing() as connection:
            log_recording(
                connection, RecordingEvent(status=status, **facts), self.clock.now(), wiring
            )

    def works(self) -> None:
        """Do everything that is due."""
        self.jobs.work({}, self.tools)

    def works_through(self, tries: int) -> None:
        """Let so many tries pass, each as soon as it is due."""
        for number in range(tries):
            self.works()
            if number < len(WAITS):
                self.clock.at += WAITS[number]

    @property
    def row(self) -> Any:
        """The one recording there is."""
        with self.database.reading() as connection:
            return connection.execute(select(KeptRecording.__table__)).one()

    def asked_for(self, kind: str) -> list[Any]:
        """The jobs of a kind."""
        with self.database.reading() as connection:
            found = select(Job.key, Job.due_at).where(Job.kind == kind).order_by(Job.id)
            return list(connection.execute(found).all())

    def insert(self, table: Any, **values: Any) -> int:
        """A row; returns its id."""
        with self.database.writing() as connection:
            added = insert(table).values(**values).returning(table.id)
            return int(connection.execute(added).scalar_one())

    def change(self, **values: Any) -> None:
        """Change the recording's row."""
        with self.database.writing() as connection:
            connection.execute(update(KeptRecording).values(**values))


ArchiveMaker = Callable[..., Archive]


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Iterator[ArchiveMaker]:
    """Makes an archive whose provider gives these answers."""
    open_ones = []

    def make(*answers: Answer, files: BlobStore | None = None) -> Archive:
        provider = lying(*answers)
        liar = provider.__enter__()
        open_ones.append(provider)
        return Archive(database, files or BlobStore(str(tmp_path / "kept")), liar)

    yield make
    for provider in open_ones:
        provider.__exit__(None, None, None)
