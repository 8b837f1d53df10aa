"""How long recordings are kept, what is heard of redacted ones, and where else they stand."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import soundfile
from app.blobs import BlobStore, Bucket
from app.calls.recordings import jobs, queries, review, service
from app.calls.recordings.retention import DAYS, Retention, expiry, retention_of
from app.calls.recordings.store import original, player
from app.calls.recordings.work import Policy
from app.jobs.runner import RetryLater
from app.people.audit.models import AuditEntry
from app.tickets.models import Ticket
from sqlalchemy import select, update
from tests.calls.recordings.conftest import CALL, Archive, ArchiveMaker
from tests.calls.recordings.liar import SID, http
from tests.calls.recordings.sounds import talk, tone, wav
from tests.fixtures.office import NOON

SOUND = wav(talk((4, 0.2)))


def ready(archive: ArchiveMaker, sound: bytes = SOUND, **told: Any) -> Archive:
    """An archive with one playable recording."""
    kept = archive(http(sound))
    kept.told(**told)
    kept.works()
    assert kept.row.state == "playable"
    return kept


def kept_as(archive: Archive) -> queries.Kept:
    with archive.database.reading() as connection:
        found = queries.find(connection, SID)
    assert found is not None
    return found


def ticket(archive: Archive, **changes: Any) -> None:
    values = {
        "number": "12345674",
        "source": f"{CALL}:appeal:{SID}",
        "kind": "appeal",
        "category": "support",
        "department": "",
        "priority": "normal",
        "state": "closed",
        "language": "zh-CN",
        "caller": "+8613800138000",
        "caller_index": "x",
        "call_sid": CALL,
        "recording_sid": SID,
        "opened_at": NOON,
        "respond_due_at": NOON,
        "complete_due_at": NOON,
    } | changes
    archive.insert(Ticket, **values)


def sweep(archive: Archive) -> None:
    archive.jobs.sweep({}, archive.tools)
    for _ in archive.asked_for(service.PURGE):
        archive.jobs.purge({"sid": SID}, archive.tools)


# How long


@pytest.mark.parametrize(
    ("source", "kinds", "expected"),
    [
        ("RecordVerb", {"appeal"}, Retention.appeal),
        ("RecordVerb", {"voicemail"}, Retention.voicemail),
        ("RecordVerb", set(), Retention.voicemail),
        ("RecordVerb", {"incident"}, Retention.emergency),
        ("DialVerb", set(), Retention.conversation),
        ("DialVerb", {"incident", "appeal"}, Retention.emergency),
        ("Conference", set(), Retention.mediation),
        ("RecordVerb", {"mediation"}, Retention.mediation),
        ("OutboundAPI", {"appeal"}, Retention.conversation),
    ],
)
def test_what_a_recording_is_of(source: str, kinds: set[str], expected: Retention) -> None:
    assert retention_of(source, kinds) is expected


def test_days_are_defaults_that_settings_override() -> None:
    assert set(DAYS) == set(Retention)
    assert expiry(Retention.appeal, NOON, {}) == NOON + timedelta(days=180)
    assert expiry(Retention.appeal, NOON, {Retention.appeal: 30}) == NOON + timedelta(days=30)


def test_when_its_time_is_up_the_files_go_and_the_record_stays(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    assert kept.row.retention == "voicemail"
    kept.clock.at = kept.row.expires_at - timedelta(seconds=1)
    sweep(kept)
    assert kept.row.state == "playable"
    kept.clock.at += timedelta(seconds=1)
    with kept.database.reading() as connection:
        assert queries.any_expired(connection, kept.clock.now())
    sweep(kept)
    row = kept.row
    assert (row.state, row.expired_at, row.expires_at) == ("expired", kept.clock.now(), None)
    assert row.sha256
    assert row.seconds == 4.0
    assert list(kept.files.keys()) == []
    assert not kept_as(kept).can_be_played
    with kept.database.reading() as connection:
        assert not queries.any_expired(connection, kept.clock.now())
        acts = connection.execute(select(AuditEntry.act)).scalars().all()
    assert acts == ["recording.expired"]
    sweep(kept)


def test_a_ticket_that_came_later_makes_it_an_emergency(archive: ArchiveMaker) -> None:
    kept = ready(archive, source="DialVerb")
    assert kept.row.retention == "conversation"
    ticket(kept, kind="incident")
    kept.clock.at = kept.row.expires_at
    sweep(kept)
    assert (kept.row.state, kept.row.retention) == ("playable", "emergency")
    assert kept.row.expires_at == NOON + timedelta(days=365)


def test_an_open_ticket_keeps_its_recording(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    ticket(kept, state="waiting")
    kept.clock.at = kept.row.expires_at
    sweep(kept)
    assert kept.row.expires_at == kept.clock.now() + jobs.STILL_NEEDED
    with kept.database.writing() as connection:
        connection.execute(update(Ticket).values(state="closed"))
    kept.clock.at = kept.row.expires_at
    sweep(kept)
    assert kept.row.state == "expired"


def test_a_hold_outlasts_every_class_until_it_is_lifted(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    with kept.database.writing() as connection:
        hold = review.hold(connection, kept_as(kept), "诉讼保全", "staff:1", NOON)
        second = review.hold(connection, kept_as(kept), "审计调查", "staff:2", NOON)
    kept.clock.at = kept.row.expires_at + timedelta(days=900)
    sweep(kept)
    with kept.database.writing() as connection:
        assert not service.expire(connection, kept.row.id, kept.clock.now())
        review.lift(connection, kept_as(kept), hold, "staff:1", kept.clock.now())
    sweep(kept)
    assert kept.row.state == "playable"
    with kept.database.writing() as connection:
        review.lift(connection, kept_as(kept), second, "staff:1", kept.clock.now())
    sweep(kept)
    assert kept.row.state == "expired"


# The provider's copy


def test_the_providers_copy_goes_after_the_grace_and_once(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    ((key, due),) = kept.asked_for(service.DELETE_REMOTE)
    assert (key, due) == (f"recording.delete_remote:{SID}", NOON + kept.policy.grace)
    kept.liar.answers = [http(b"", "204 No Content")]
    kept.jobs.delete_remote({"sid": SID}, kept.tools)
    kept.jobs.delete_remote({"sid": SID}, kept.tools)
    assert kept.row.remote == "deleted"
    assert [asked.split()[0] for asked in kept.liar.asked] == ["GET", "DELETE"]


def test_a_copy_that_is_gone_already_is_fine(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    kept.liar.answers = [http(b"", "404 Not Found")]
    kept.jobs.delete_remote({"sid": SID}, kept.tools)
    assert kept.row.remote == "gone"


def test_a_refused_deletion_is_tried_again_and_reminded_of(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    kept.liar.answers = [http(b"", "503 Away")]
    with pytest.raises(RetryLater):
        kept.jobs.delete_remote({"sid": SID}, kept.tools)
    kept.jobs.remind({}, kept.tools)
    assert len(kept.asked_for(service.DELETE_REMOTE)) == 1
    kept.clock.at += timedelta(days=1)
    kept.jobs.remind({}, kept.tools)
    kept.jobs.remind({}, kept.tools)
    assert len(kept.asked_for(service.DELETE_REMOTE)) == 2


@pytest.mark.parametrize("damage", ["altered", "missing", "awaited"])
def test_without_a_verified_copy_of_ours_nothing_is_deleted(
    archive: ArchiveMaker, damage: str
) -> None:
    kept = ready(archive)
    match damage:
        case "altered":
            kept.files.put(original(SID), SOUND[:-1] + b"x")
        case "missing":
            kept.files.delete(original(SID))
        case "awaited":
            kept.change(state="awaited", sha256="")
    asked = len(kept.liar.asked)
    kept.jobs.delete_remote({"sid": SID}, kept.tools)
    assert kept.row.remote == "kept"
    assert len(kept.liar.asked) == asked


def test_a_hotline_may_leave_all_copies_with_the_provider(archive: ArchiveMaker) -> None:
    kept = ready(archive)
    kept.policy = Policy(delete_remote=False)
    kept.jobs.delete_remote({"sid": SID}, kept.tools)
    kept.clock.at += timedelta(days=9)
    kept.jobs.remind({}, kept.tools)
    assert kept.row.remote == "kept"
    assert len(kept.liar.asked) == 1


# Redaction


def level(mp3: bytes, begin: float, end: float, hertz: float) -> float:
    """How much of a stretch is a tone of so many hertz, 0 to 1."""
    samples, rate = soundfile.read(io.BytesIO(mp3))
    part = samples[int(begin * rate) : int(end * rate)]
    spectrum = np.abs(np.fft.rfft(part)) ** 2
    at = np.fft.rfftfreq(len(part), 1 / rate)
    return float(spectrum[np.abs(at - hertz) < 15].sum() / (spectrum.sum() + 1e-12))


def test_a_redacted_stretch_is_a_tone_in_every_copy_and_comes_back_when_undone(
    archive: ArchiveMaker,
) -> None:
    both = (tone(8, 0.3, 300), tone(8, 0.2, 700))
    kept = ready(archive, wav(*both), source="DialVerb", channels=2, seconds=8)
    secret = {"caller": 300, "staff": 700}
    with kept.database.writing() as connection:
        at = kept.clock.now()
        done = review.redact(connection, kept_as(kept), (3, 5), "身份证号", "staff:1", at)
    assert not kept_as(kept).can_be_played
    kept.works()
    assert kept_as(kept).can_be_played
    for view, hertz in secret.items():
        mp3 = kept.files.open(player(SID, 2, f"{view}.mp3"))
        assert level(mp3, 1, 2.5, hertz) > 0.9
        assert level(mp3, 3.2, 4.8, hertz) < 0.01
        assert level(mp3, 3.2, 4.8, 440) > 0.9
        assert level(mp3, 5.5, 7, hertz) > 0.9
    mix = kept.files.open(player(SID, 2, "mix.mp3"))
    assert level(mix, 3.2, 4.8, 300) + level(mix, 3.2, 4.8, 700) < 0.01
    assert list(kept.files.keys(f"players/{SID}/1/")) == []
    assert kept.files.open(original(SID)) == wav(*both)
    drawn = json.loads(kept.files.open(player(SID, 2, "peaks.json")))
    assert drawn["redactions"] == [[3.0, 5.0]]
    middle = len(drawn["channels"][0]) // 2
    assert drawn["channels"][0][middle] < drawn["channels"][0][10] / 3
    with kept.database.writing() as connection:
        review.undo_redaction(connection, kept_as(kept), done, "staff:1", kept.clock.now())
    kept.works()
    restored = kept.files.open(player(SID, 3, "caller.mp3"))
    assert level(restored, 3.2, 4.8, 300) > 0.9


def test_the_players_time_stays_when_edges_are_redacted(archive: ArchiveMaker) -> None:
    """Else every note would stand at another place."""
    kept = ready(archive, wav(talk((1, 0), (4, 0.3), (1, 0))), seconds=6)
    before = (kept.row.trim_start, kept.row.trim_end)
    with kept.database.writing() as connection:
        review.redact(connection, kept_as(kept), (0, 1.5), "姓名", "staff:1", kept.clock.now())
    kept.works()
    assert (kept.row.trim_start, kept.row.trim_end) == before
    drawn = json.loads(kept.files.open(player(SID, 2, "peaks.json")))
    assert drawn["seconds"] == pytest.approx(before[1] - before[0], abs=0.01)


# A bucket


@pytest.fixture(scope="module")
def bucket_endpoint() -> Iterator[str]:
    """An S3 server on this machine, with the bucket `hotline`."""
    import httpx2
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    assert httpx2.put(f"http://{host}:{port}/hotline").status_code == 200
    yield f"http://{host}:{port}"
    server.stop()


def test_all_of_it_works_in_a_bucket_too(archive: ArchiveMaker, bucket_endpoint: str) -> None:
    files = BlobStore(
        "s3://hotline/recordings", Bucket(bucket_endpoint, "us-east-1", "key", "secret", "AES256")
    )
    kept = archive(http(SOUND), files=files)
    kept.told()
    kept.works()
    assert kept.row.state == "playable"
    assert files.open(original(SID)) == SOUND
    with kept.database.writing() as connection:
        review.redact(connection, kept_as(kept), (1, 2), "姓名", "staff:1", kept.clock.now())
    kept.works()
    assert kept_as(kept).can_be_played
    kept.clock.at = kept.row.expires_at
    sweep(kept)
    assert list(files.keys()) == []
