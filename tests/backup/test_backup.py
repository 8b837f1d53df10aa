"""All that a hotline holds goes into one file and comes back, from and to both databases."""

import json
import threading
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from app.backup.archive import opened
from app.backup.errors import BackupError
from app.backup.making import make, snapshot
from app.backup.manifest import NAME, Manifest
from app.backup.proving import prove
from app.backup.restoring import restore, restore_files, restore_flows
from app.backup.rows import bare_table, columns_of, rows_of
from app.blobs import BlobStore
from app.calls.models import Call, CallEvent
from app.database import Base, Database, key_id
from sqlalchemy import func, insert, select
from tests.backup.conftest import NOON
from tests.fixtures.callbook import CallBook
from tests.fixtures.databases import SECRET_KEY
from tests.fixtures.office import FLOWS, plain_url

KEYS = [SECRET_KEY]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def county(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(f"settled_{request.param}")
    return found


def archived(database: Database, tmp_path: Path) -> Path:
    path = tmp_path / "county.zip"
    make(path, database, KEYS, FLOWS, (), NOON)
    return path


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, as they stand: encrypted."""
    found = {}
    with snapshot(database) as connection:
        for model in Base.metadata.sorted_tables:
            bare = bare_table(model.name, columns_of(model))
            key = [one.name for one in model.primary_key]
            found[model.name] = [tuple(row) for row in rows_of(connection, bare, key)]
    return found


@pytest.mark.parametrize(
    ("origin", "target"),
    [
        ("settled_sqlite", "new_sqlite"),
        pytest.param("settled_postgresql", "new_postgresql", marks=pytest.mark.postgresql),
        pytest.param("settled_sqlite", "new_postgresql", marks=pytest.mark.postgresql),
    ],
)
def test_what_went_in_comes_back(
    request: pytest.FixtureRequest, origin: str, target: str, tmp_path: Path
) -> None:
    county: Database = request.getfixturevalue(origin)
    url: str = request.getfixturevalue(target)
    manifest = restore(archived(county, tmp_path), url, KEYS, replace=False)
    restored = Database(url)
    try:
        assert everything(restored) == everything(county)
        assert manifest.rows == sum(map(len, everything(restored).values()))
        # New rows are numbered after those that came back.
        CallBook(restored, NOON).ticket("20000003", "CA2")
        with restored.reading() as connection:
            assert connection.execute(select(func.count()).select_from(Call)).scalar_one() == 4
    finally:
        restored.close()


def test_calls_go_on_while_it_is_made(county: Database, tmp_path: Path) -> None:
    """Each transaction writes a call with its event: the snapshot has both or neither."""
    book, stop, written = CallBook(county, NOON), threading.Event(), [0]

    def calls_come_in() -> None:
        while not stop.is_set():
            with county.writing() as connection:
                sid = f"CA-during-{written[0]}"
                connection.execute(insert(Call).values(**_call_of(book, sid)))
                connection.execute(
                    insert(CallEvent).values(call_sid=sid, key="step:0", kind="step", at=NOON)
                )
            written[0] += 1

    caller = threading.Thread(target=calls_come_in)
    caller.start()
    try:
        while written[0] < 5:
            pass
        before = written[0]
        manifest, _ = make(tmp_path / "busy.zip", county, KEYS, FLOWS, (), NOON)
        during = written[0] - before
    finally:
        stop.set()
        caller.join()
    assert during > 0
    counts = {table.name: table.rows for table in manifest.tables}
    assert counts["calls"] - 4 == counts["call_events"] - 3 >= before
    assert counts["calls"] - 4 < written[0]


def _call_of(book: CallBook, sid: str) -> Mapping[str, Any]:
    return {
        "sid": sid, "direction": "inbound", "caller": "+8613800138000", "caller_index": "x",
        "called": "+867451012345", "status": "in-progress", "status_rank": 3, "started_at": book.at,
    }  # fmt: skip


def test_what_is_encrypted_stays_so(settled_sqlite: Database, tmp_path: Path) -> None:
    path = archived(settled_sqlite, tmp_path)
    with zipfile.ZipFile(path) as archive:
        told = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.startswith("tables/")
        )
        manifest = archive.read(NAME).decode()
    for secret in ("王秀英", "罗管理", "房子漏水了", "13800138000", SECRET_KEY):
        assert secret not in told + manifest
    assert json.loads(manifest)["key_ids"] == [key_id(SECRET_KEY)]
    assert path.stat().st_mode & 0o077 == 0


def test_recordings_and_flows_come_back_too(settled_sqlite: Database, tmp_path: Path) -> None:
    store = BlobStore(str(tmp_path / "recordings"))
    store.put("originals/RE1.wav", b"sound")
    path = tmp_path / "county.zip"
    make(path, settled_sqlite, KEYS, FLOWS, [("recordings", store)], NOON)
    other = BlobStore(str(tmp_path / "other"))
    assert restore_files(path, "recordings", other) == 1
    assert other.open("originals/RE1.wav") == b"sound"
    assert restore_flows(path, tmp_path / "flows") > 10
    assert (tmp_path / "flows/main.yaml").read_bytes() == (FLOWS / "main.yaml").read_bytes()
    with pytest.raises(BackupError, match="is not empty"):
        restore_flows(path, tmp_path / "flows")


def test_a_database_that_holds_something_is_replaced_only_when_told(
    county: Database, tmp_path: Path
) -> None:
    path, url = archived(county, tmp_path), plain_url(county)
    before = everything(county)
    CallBook(county, NOON).call("CA-after")
    with pytest.raises(BackupError, match="not empty: name another, or add --replace"):
        restore(path, url, KEYS, replace=False)
    with county.reading(), pytest.raises(BackupError, match="in use: stop the service"):
        restore(path, url, KEYS, replace=True)
    county.close()
    restore(path, url, KEYS, replace=True)
    assert everything(county) == before


# --- what is not what was written


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same archive with some parts changed, or left out."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return other


def changed_manifest(**values: Any) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != NAME:
            return content
        return json.dumps(json.loads(content) | values).encode()

    return change


def changed_part(name: str, change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    return lambda found, content: change(content) if found == name else content


def cut(name: str) -> Callable[[str, bytes], bytes | None]:
    return lambda found, content: None if found == name else content


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (changed_part("tables/calls.jsonl", lambda old: old.replace(b"completed", b"COMPLETED")),
         "tables/calls.jsonl in .* is not what was written"),
        (changed_part("tables/calls.jsonl", lambda old: old[:-40]), "cannot be read|not what was"),
        (cut("tables/staff.jsonl"), "does not hold what its manifest says: see tables/staff.jsonl"),
        (cut(NAME), "no backup that this version of the hotline knows"),
        (changed_manifest(format=2), "no backup that this version of the hotline knows"),
        (changed_manifest(key_ids=["0123456789ab"]), "lacks the key 0123456789ab"),
        (changed_manifest(revision="9999"), "made at schema 9999"),
    ],
)  # fmt: skip
def test_a_spoilt_archive_is_refused_before_anything_is_touched(
    settled_sqlite: Database, tmp_path: Path, change: Any, sentence: str
) -> None:
    spoilt = rewritten(archived(settled_sqlite, tmp_path), change)
    target = tmp_path / "target.db"
    with pytest.raises(BackupError, match=sentence):
        restore(spoilt, f"sqlite:///{target}", KEYS, replace=False)
    assert not target.exists()


def test_a_rewritten_audit_is_found_even_with_right_hashes(
    settled_sqlite: Database, tmp_path: Path
) -> None:
    database = settled_sqlite
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_no_update")
        connection.exec_driver_sql("UPDATE audit_entries SET actor = 'nobody' WHERE id = 2")
    path = tmp_path / "county.zip"
    with pytest.raises(BackupError, match=r"entry 2 of the audit in .* is changed"):
        make(path, database, KEYS, FLOWS, (), NOON)
    assert list(tmp_path.glob("*.zip*")) == []


def test_the_right_keys_are_asked_for(settled_sqlite: Database, tmp_path: Path) -> None:
    path = archived(settled_sqlite, tmp_path)
    assert prove(path, ["a newer secret key 0123", SECRET_KEY]).id == 4
    with pytest.raises(BackupError, match="lacks the key"):
        prove(path, ["a newer secret key 0123"])
    with pytest.raises(BackupError, match="last key of HOTLINE_SECRET_KEY must be"):
        prove(path, [SECRET_KEY, "a newer secret key 0123"])


def test_a_value_that_no_key_opens_is_found(settled_sqlite: Database, tmp_path: Path) -> None:
    with settled_sqlite.writing() as connection:
        connection.exec_driver_sql("UPDATE staff SET name = 'a.' || substr(name, 7)")
    with pytest.raises(BackupError, match=r"HOTLINE_SECRET_KEY does not open staff\.name"):
        make(tmp_path / "county.zip", settled_sqlite, KEYS, FLOWS, (), NOON)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_any_other_file_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    with pytest.raises(BackupError, match="no backup of a hotline"):
        prove(path, KEYS)
    with pytest.raises(BackupError, match="there is no file"):
        prove(tmp_path / "none.zip", KEYS)


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/passwd", "flows/../../x", "flows\\x", ""])
def test_no_part_leads_out_of_the_archive(name: str) -> None:
    part = {"name": name, "size": 0, "sha256": ""}
    with pytest.raises(ValueError, match=r"leads out|at least 1"):
        Manifest(made_at=NOON, database="sqlite", revision="1", key_ids=("k",), tables=(),
                 files=[part])  # type: ignore[arg-type]  # fmt: skip


def test_an_archive_tells_what_is_in_it(settled_sqlite: Database, tmp_path: Path) -> None:
    with opened(archived(settled_sqlite, tmp_path)) as archive:
        counts = {table.name: table.rows for table in archive.manifest.tables}
    assert (counts["calls"], counts["tickets"], counts["audit_entries"]) == (4, 2, 4)


def test_an_archive_that_is_there_is_not_replaced_unasked(
    settled_sqlite: Database, tmp_path: Path
) -> None:
    path = tmp_path / "kept.zip"
    path.write_text("the only good one")
    with pytest.raises(BackupError, match="is there already: name another file, or say --replace"):
        make(path, settled_sqlite, KEYS, FLOWS, (), NOON)
    assert path.read_text() == "the only good one"
    make(path, settled_sqlite, KEYS, FLOWS, (), NOON, replace=True)
    assert path.read_bytes()[:2] == b"PK"
