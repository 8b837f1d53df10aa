"""The player by the web: who hears what, why, and what is left of it in the audit."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from app.blobs import BlobStore
from app.calls.models import Recording
from app.calls.recordings.models import KeptRecording, RecordingListen, RecordingNote
from app.calls.recordings.store import original, player, recordings_store
from app.people.audit.models import AuditEntry
from app.tickets.models import Ticket
from sqlalchemy import insert, select, update
from starlette.testclient import TestClient
from tests.calls.recordings.sounds import talk, wav
from tests.fixtures.office import NOON, Office

SID = "RE" + "a" * 32
CALL = "CA" + "b" * 32
HERE = f"/console/recordings/{SID}"
SOUND = bytes(range(256)) * 40


@pytest.fixture
def files(office: Office) -> BlobStore:
    return recordings_store(office.app.state.site.settings)


@pytest.fixture
def keep(office: Office, files: BlobStore) -> Callable[..., int]:
    """Put a playable recording there; returns its id."""

    def put(**changes: Any) -> int:
        values = {
            "sid": SID,
            "call_sid": CALL,
            "source": "RecordVerb",
            "told_seconds": 20,
            "told_channels": 1,
            "told_at": NOON,
            "state": "playable",
            "sha256": "0" * 64,
            "size": 320_044,
            "seconds": 20.0,
            "channels": 1,
            "rate_hz": 8000,
            "encoding": "pcm_s16",
            "trim_start": 0.0,
            "trim_end": 20.0,
            "rendition": 1,
            "played_rendition": 1,
        } | changes
        files.put(original(SID), wav(talk((20, 0.3))))
        files.put(player(SID, 1, "mix.mp3"), SOUND)
        drawn = {"seconds": 20, "channels": [[1, 2]], "silences": [], "redactions": []}
        files.put(player(SID, 1, "peaks.json"), json.dumps(drawn).encode())
        with office.database.writing() as connection:
            kept = insert(KeptRecording).values(**values).returning(KeptRecording.id)
            return int(connection.execute(kept).scalar_one())

    return put


@pytest.fixture
def open_ticket(office: Office) -> Callable[..., None]:
    def put(**changes: Any) -> None:
        values = {
            "number": "12345674",
            "source": f"{CALL}:appeal:{SID}",
            "kind": "appeal",
            "category": "support",
            "department": "resettlement",
            "region": "",
            "priority": "normal",
            "state": "new",
            "language": "zh-CN",
            "caller": "+8613800138000",
            "caller_index": "x",
            "call_sid": CALL,
            "recording_sid": SID,
            "opened_at": NOON,
            "respond_due_at": NOON,
            "complete_due_at": NOON,
        } | changes
        with office.database.writing() as connection:
            connection.execute(insert(Ticket).values(**values))

    return put


def csrf(client: TestClient) -> str:
    page = client.get(HERE).text
    return page.split('data-csrf="')[1].split('"')[0]


def post(client: TestClient, path: str, **fields: Any) -> Any:
    headers = {"X-CSRF-Token": csrf(client), "Accept": "application/json"}
    return client.post(f"{HERE}{path}", data=fields, headers=headers)


def acts(office: Office) -> list[str]:
    with office.database.reading() as connection:
        return list(connection.execute(select(AuditEntry.act).order_by(AuditEntry.id)).scalars())


def test_sound_is_served_only_to_who_says_that_they_listen(
    office: Office, keep: Callable[..., int], open_ticket: Callable[..., None]
) -> None:
    keep()
    own = office.hire("agent", "resettlement")
    open_ticket(owner_id=own)
    client = office.client_of(own)
    assert client.get(f"{HERE}/audio/mix?listen=1").status_code == 403
    begun = post(client, "/listens")
    assert begun.status_code == 200
    sound = begun.json()["sound"]
    assert set(sound) == {"mix"}
    answer = client.get(sound["mix"])
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "audio/mpeg"
    assert acts(office) == ["recording.listened"]


@pytest.mark.parametrize(
    ("asked", "status", "told", "begin", "end"),
    [
        ("bytes=0-99", 206, "bytes 0-99/10240", 0, 100),
        ("bytes=10000-", 206, "bytes 10000-10239/10240", 10_000, 10_240),
        ("bytes=-40", 206, "bytes 10200-10239/10240", 10_200, 10_240),
        ("bytes=10-99999", 206, "bytes 10-10239/10240", 10, 10_240),
        ("bytes=20480-", 416, "bytes */10240", 0, 0),
        ("bytes=5-4", 416, "bytes */10240", 0, 0),
        ("lines=1-2", 200, None, 0, 10_240),
        ("bytes=0-1,5-6", 200, None, 0, 10_240),
    ],
)
def test_a_part_is_served_as_asked(
    office: Office,
    keep: Callable[..., int],
    asked: str,
    status: int,
    told: str | None,
    begin: int,
    end: int,
) -> None:
    keep()
    client = office.client("agent")
    sound = post(client, "/listens", reason="回访核实").json()["sound"]["mix"]
    answer = client.get(sound, headers={"Range": asked})
    assert answer.status_code == status
    assert answer.headers.get("content-range") == told
    assert answer.content == SOUND[begin:end]


def test_outside_ones_own_tickets_a_reason_is_needed_and_kept(
    office: Office, keep: Callable[..., int], open_ticket: Callable[..., None]
) -> None:
    keep()
    open_ticket(owner_id=None)
    client = office.client("agent", "resettlement")
    refused = post(client, "/listens", reason=" ")
    assert refused.status_code == 422
    assert "原因" in refused.json()["detail"]
    assert post(client, "/listens", reason="核对金额").status_code == 200
    with office.database.reading() as connection:
        assert connection.execute(select(RecordingListen.reason)).scalars().all() == ["核对金额"]
    assert acts(office) == ["recording.listened"]


def test_how_much_was_heard_only_grows(office: Office, keep: Callable[..., int]) -> None:
    keep()
    client = office.client("agent")
    told = post(client, "/listens", reason="核对金额").json()["heard"].removeprefix(HERE)
    for seconds in (5, 12.5, 3):
        assert post(client, told, seconds=seconds).status_code == 204
    with office.database.reading() as connection:
        assert connection.execute(select(RecordingListen.seconds)).scalar_one() == 12.5
    assert post(client, told, seconds=-1).status_code == 422


def test_a_listening_is_its_listeners_own_and_ends(
    office: Office, keep: Callable[..., int]
) -> None:
    from datetime import timedelta

    keep()
    client = office.client("agent")
    sound = post(client, "/listens", reason="核对金额").json()["sound"]["mix"]
    assert office.client("agent").get(sound).status_code == 403
    office.clock.at += timedelta(hours=12, seconds=1)
    assert client.get(sound).status_code in (303, 403)


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        ("agent", "resettlement", 200),
        ("agent", "water", 404),
        ("mediator", "resettlement", 200),
        ("supervisor", "*", 200),
        ("auditor", "*", 200),
        ("ops", "*", 403),
        ("admin", "*", 403),
    ],
)
def test_who_comes_to_a_recording(
    office: Office,
    keep: Callable[..., int],
    open_ticket: Callable[..., None],
    role: str,
    department: str,
    status: int,
) -> None:
    keep()
    open_ticket()
    client = office.client(role, department)
    assert client.get(HERE).status_code == status
    assert client.get(f"{HERE}/peaks").status_code == status


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        ("agent", "resettlement", 403),
        ("agent", "water", 404),
        ("supervisor", "resettlement", 200),
        ("supervisor", "water", 404),
        ("auditor", "*", 200),
    ],
)
def test_a_sealed_ticket_is_heard_by_few(
    office: Office,
    keep: Callable[..., int],
    open_ticket: Callable[..., None],
    role: str,
    department: str,
    status: int,
) -> None:
    keep()
    open_ticket(confidential=True)
    assert office.client(role, department).get(HERE).status_code == status


def test_a_seal_ends_listening_at_once(
    office: Office, keep: Callable[..., int], open_ticket: Callable[..., None]
) -> None:
    keep()
    open_ticket()
    client = office.client("agent", "resettlement")
    sound = post(client, "/listens", reason="核对金额").json()["sound"]["mix"]
    assert client.get(sound).status_code == 200
    with office.database.writing() as connection:
        connection.execute(update(Ticket).values(confidential=True))
    assert client.get(sound).status_code == 403


def test_notes_stand_at_their_place_and_are_taken_back_by_their_writer(
    office: Office, keep: Callable[..., int]
) -> None:
    keep()
    writer, other = office.client("agent"), office.client("agent")
    assert post(writer, "/notes", seconds=7.5, text="说到补偿标准").status_code == 303
    assert post(writer, "/notes", seconds=99, text="太远").status_code == 422
    assert post(writer, "/notes", seconds=1, text="  ").status_code == 422
    page = other.get(HERE).text
    assert "说到补偿标准" in page
    assert 'data-note="7.5"' in page
    with office.database.reading() as connection:
        note_id = connection.execute(select(RecordingNote.id)).scalar_one()
    assert post(other, f"/notes/{note_id}/delete").status_code == 422
    assert post(writer, f"/notes/{note_id}/delete").status_code == 303
    assert "说到补偿标准" not in writer.get(HERE).text
    assert acts(office) == ["recording.note_added", "recording.note_deleted"]


def test_a_redaction_stops_all_playing_until_new_copies_are_there(
    office: Office, keep: Callable[..., int]
) -> None:
    keep()
    chief = office.client("supervisor")
    sound = post(chief, "/listens", reason="核对金额").json()["sound"]["mix"]
    assert post(chief, "/redactions", begin=5, end=5, reason="身份证号").status_code == 422
    assert post(chief, "/redactions", begin=5, end=9, reason="").status_code == 422
    assert post(chief, "/redactions", begin=9, end=5, reason="身份证号").status_code == 303
    assert chief.get(sound).status_code == 404
    assert chief.get(f"{HERE}/peaks").status_code == 404
    assert "5.0–9.0" in chief.get(HERE).text
    assert "recording.redacted" in acts(office)


def test_the_sealed_original_is_for_those_who_may_redact_and_audited(
    office: Office, keep: Callable[..., int], files: BlobStore
) -> None:
    keep()
    assert post(office.client("agent"), "/original", reason="核对").status_code == 403
    chief = office.client("supervisor")
    assert post(chief, "/original", reason="").status_code == 422
    answer = post(chief, "/original", reason="司法机关调取")
    assert answer.content == files.open(original(SID))
    assert "attachment" in answer.headers["content-disposition"]
    assert acts(office) == ["recording.original_opened"]


def test_a_hold_says_why_and_is_lifted(office: Office, keep: Callable[..., int]) -> None:
    keep()
    chief = office.client("supervisor")
    assert post(office.client("agent"), "/holds", reason="诉讼").status_code == 403
    assert post(chief, "/holds", reason="诉讼").status_code == 303
    assert "诉讼" in chief.get(HERE).text
    assert post(chief, "/holds/1/lift").status_code == 303
    assert post(chief, "/holds/1/lift").status_code == 422
    assert acts(office) == ["recording.held", "recording.hold_lifted"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("awaited", "正在取回"),
        ("stored", "正在处理"),
        ("unplayable", "无法播放"),
        ("failed", "没有取回"),
        ("expired", "按规定期限删除"),
    ],
)
def test_what_cannot_be_played_says_why(
    office: Office, keep: Callable[..., int], state: str, words: str
) -> None:
    keep(state=state, played_rendition=None)
    client = office.client("agent")
    assert words in client.get(HERE).text
    assert post(client, "/listens", reason="核对金额").status_code == 422


@pytest.mark.parametrize(
    ("status", "words"), [("absent", "没有录到声音"), ("completed", "没有保存下来")]
)
def test_a_page_says_of_a_recording_that_there_is_nothing_to_be_heard(
    sqlite_office: Office, status: str, words: str
) -> None:
    office = sqlite_office
    told = {"sid": SID, "call_sid": CALL, "status": status, "source": "RecordVerb", "at": NOON}
    with office.database.writing() as connection:
        connection.execute(insert(Recording).values(**told))
    answer = office.client("agent").get(f"{HERE}/player")
    assert answer.status_code == 200
    assert words in answer.text


def test_an_unknown_recording_is_not_there(office: Office) -> None:
    assert office.client("supervisor").get("/console/recordings/RE1").status_code == 404


def test_without_signing_in_nobody_comes_to_it(office: Office, keep: Callable[..., int]) -> None:
    keep()
    stranger = TestClient(office.app, follow_redirects=False)
    assert stranger.get(HERE).status_code == 303
    assert stranger.get(f"{HERE}/audio/mix?listen=1").status_code in (303, 401)
