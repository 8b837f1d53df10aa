"""A worker follows the folder and the releases; what is bad never harms, and says why."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from app.calls.models import Call
from app.database import Database, blind_index
from app.flows.files import LARGEST_FILE, content_version, write_folder
from app.flows.findings import FlowError
from app.publishing import queries
from app.publishing.archive import Archive
from app.publishing.editions import Gates
from app.publishing.folder import FlowFolder
from app.publishing.follower import Follower
from app.publishing.live import MOST_IN_MEMORY, LiveLibrary
from app.publishing.opening import open_library
from app.publishing.service import publish, roll_back, take_folder
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError
from tests.fixtures.office import FixedClock
from tests.publishing.sets import GATES, NOON, SHIPPED, act, changed, greeting, shipped

FIRST = content_version(shipped())


class Worker:
    """One process that answers calls: what it has in memory, and how it follows."""

    def __init__(self, database: Database, folder: Path, gates: Gates = GATES) -> None:
        self.folder = FlowFolder(folder)
        self.live = open_library(self.folder, database, gates)
        self.threads = ThreadPoolExecutor(2)
        clock = FixedClock(NOON)
        self.follower = Follower(self.live, self.folder, database, gates, clock, self.threads)
        self.archive = Archive(self.live, database, gates, clock, self.threads)

    def looks(self, times: int = 2) -> str:
        """Look, as every two seconds, and say which version is in force here then."""
        for _ in range(times):
            with suppress(SQLAlchemyError):  # tried again at the next look
                asyncio.run(self.follower.look())
        return self.live.current.version

    def fetches(self, version: str, within: float = 30.0) -> bool:
        return asyncio.run(self.archive.fetch(version, within)) is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "flows")
    return tmp_path / "flows"


@pytest.fixture
def worker(database: Database, folder: Path) -> Iterator[Worker]:
    made = Worker(database, folder)
    assert made.looks() == FIRST
    yield made
    made.threads.shutdown()


def test_a_good_change_is_taken_once_it_stands_still(worker: Worker, folder: Path) -> None:
    fresh = greeting("汛期热线")
    write_folder(folder, fresh)
    assert worker.looks(1) == FIRST  # it may still be being written
    assert worker.looks(1) == content_version(fresh)


def half_written(folder: Path) -> None:
    text = (folder / "main.yaml").read_text()
    (folder / "main.yaml").write_text(text[: len(text) // 2] + "\n  - [")


def deleted(folder: Path) -> None:
    (folder / "main.yaml").unlink()


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)


def huge(folder: Path) -> None:
    (folder / "main.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))


def linked(folder: Path) -> None:
    (folder / "main.yaml").unlink()
    (folder / "main.yaml").symlink_to(SHIPPED / "main.yaml")


def linked_folder(folder: Path) -> None:
    shutil.rmtree(folder / "prompts")
    (folder / "prompts").symlink_to(SHIPPED / "prompts")


def a_pipe(folder: Path) -> None:
    (folder / "main.yaml").unlink()
    os.mkfifo(folder / "main.yaml")


def bad_article(folder: Path) -> None:
    (folder / "policies/support.yaml").write_text("- one\n")


BAD = [
    half_written, deleted, emptied, huge, linked, linked_folder, a_pipe, bad_article,
]  # fmt: skip


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: str(spoil.__name__))
def test_a_bad_folder_never_harms_and_says_why(
    sqlite_url: str, folder: Path, spoil: object
) -> None:
    database = Database(sqlite_url)
    worker = Worker(database, folder)
    assert worker.looks() == FIRST
    spoil(folder)  # type: ignore[operator]
    assert worker.looks(3) == FIRST
    assert worker.live.findings
    assert all(finding.line >= 1 and finding.sentence for finding in worker.live.findings)
    assert str(folder) in worker.live.findings[0].file
    database.close()


def test_after_a_bad_change_the_next_good_one_is_taken(
    database: Database, folder: Path, worker: Worker
) -> None:
    half_written(folder)
    assert worker.looks() == FIRST
    begun_anew = Worker(database, folder)  # a start with a bad folder: what was in force serves
    assert begun_anew.live.current.version == FIRST
    write_folder(folder, greeting("汛期热线"))
    assert worker.looks() == content_version(greeting("汛期热线"))
    assert not worker.live.findings


def test_a_first_start_with_a_bad_folder_is_refused(database: Database, folder: Path) -> None:
    half_written(folder)
    with pytest.raises(FlowError, match=r"main\.yaml:\d+"):
        Worker(database, folder)


def test_other_workers_follow_and_load_what_a_call_is_pinned_to(
    database: Database, folder: Path, worker: Worker, tmp_path: Path
) -> None:
    shutil.copytree(SHIPPED, tmp_path / "elsewhere")
    other = Worker(database, tmp_path / "elsewhere")
    assert other.looks() == FIRST
    second, third = greeting("汛期热线"), greeting("又一条热线")
    for files in (second, third):
        with database.writing() as connection:
            publish(connection, files, act())
    assert worker.looks(1) == other.looks(1) == content_version(third)
    assert other.live.version(content_version(second)) is None
    assert other.fetches(content_version(second))
    pinned = other.live.version(content_version(second))
    assert pinned is not None
    assert pinned.prompts.text("main.greeting", "zh-CN", {})[0].startswith("您好，汛期热线")
    assert not other.fetches("0" * 12)


def test_a_release_of_the_console_outlives_a_restart(
    database: Database, folder: Path, worker: Worker
) -> None:
    fresh = greeting("汛期热线")
    with database.writing() as connection:
        publish(connection, fresh, act())
    again = Worker(database, folder)  # the folder has not changed since it was looked at
    assert again.live.current.version == content_version(fresh)
    assert again.looks() == content_version(fresh)
    write_folder(folder, greeting("又一条热线"))
    changed_meanwhile = Worker(database, folder)
    assert changed_meanwhile.live.current.version == content_version(fresh)
    assert changed_meanwhile.looks(1) == content_version(greeting("又一条热线"))


def test_a_restarted_worker_has_the_versions_of_calls_under_way(
    database: Database, folder: Path, worker: Worker
) -> None:
    with database.writing() as connection:
        publish(connection, greeting("汛期热线"), act())
        connection.execute(
            insert(Call).values(
                sid="CA1", direction="inbound", caller="+8613800138000", called="",
                caller_index=blind_index("+8613800138000"), status="in-progress", status_rank=2,
                started_at=NOON, flow_version=FIRST,
            )
        )  # fmt: skip
    again = Worker(database, folder)
    again.looks(1)
    assert again.live.version(FIRST) is not None


def test_policies_belong_to_the_version(worker: Worker, folder: Path) -> None:
    fresh = changed("policies/support.yaml", "六百元", "七百元")
    write_folder(folder, fresh)
    assert worker.looks() == content_version(fresh)
    before, now = worker.live.version(FIRST), worker.live.current
    assert before is not None
    keys = now.articles.keys()
    key = next(key for key in keys if "七百元" in now.articles.read(key, "zh-CN").full)
    assert "六百元" in before.articles.read(key, "zh-CN").full


def test_with_the_database_away_the_last_good_version_serves(sqlite_url: str, folder: Path) -> None:
    database = Database(sqlite_url)
    worker = Worker(database, folder)
    assert worker.looks() == FIRST
    with database.writing() as connection:
        for table in ("flow_releases", "flow_files"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    write_folder(folder, greeting("汛期热线"))
    assert worker.looks(3) == FIRST
    assert not worker.fetches("0" * 12)
    with database.writing() as connection:
        for table in ("flow_releases", "flow_files"):
            connection.execute(text(f"ALTER TABLE {table}_away RENAME TO {table}"))
    assert worker.looks() == content_version(greeting("汛期热线"))
    database.close()


def test_a_failed_rehearsal_keeps_a_change_out(sqlite_url: str, folder: Path) -> None:
    failing = Gates(
        rehearse=lambda library, articles, files: (
            FAILED if "汛".encode() in files["prompts/zh-CN.yaml"] else []
        )
    )
    worker = Worker(Database(sqlite_url), folder, failing)
    worker.looks()
    write_folder(folder, greeting("汛期热线"))
    assert worker.looks() == FIRST
    assert list(worker.live.findings) == FAILED


FAILED = GATES.check({"main.yaml": b""}).errors[:1]


def test_memory_keeps_the_versions_that_are_used() -> None:
    first = GATES.compile(shipped())
    live = LiveLibrary(first)
    names = [f"version {number}" for number in range(MOST_IN_MEMORY + 3)]
    for name in names:
        live.keep(replace(first, library=replace(first.library, version=name)))
        assert live.version(names[0]) is not None
    kept = [name for name in names if live.version(name) is not None]
    assert len(kept) == MOST_IN_MEMORY - 1
    assert names[0] in kept
    assert live.version(first.version) is not None  # new calls begin with it


def test_going_back_is_followed(database: Database, worker: Worker) -> None:
    with database.writing() as connection:
        publish(connection, greeting("汛期热线"), act())
    assert worker.looks(1) != FIRST
    with database.writing() as connection:
        roll_back(connection, FIRST, actor="staff:1", why="听不清", at=NOON)
        assert not take_folder(connection, shipped(), NOON)
        assert queries.in_force(connection) == FIRST
    assert worker.looks(1) == FIRST


def test_several_workers_take_a_change_once(database: Database, folder: Path) -> None:
    workers = [Worker(database, folder) for _ in range(3)]

    async def all_look() -> None:
        await asyncio.gather(*(worker.follower.look() for worker in workers))

    asyncio.run(all_look())
    write_folder(folder, greeting("汛期热线"))
    asyncio.run(all_look())
    asyncio.run(all_look())
    asyncio.run(all_look())
    assert {worker.live.current.version for worker in workers} == {
        content_version(greeting("汛期热线"))
    }
    with database.reading() as connection:
        assert len(queries.releases(connection)) == 2
