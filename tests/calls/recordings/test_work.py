"""From the callback to the player: every failure has its state and its next try."""

import hashlib
import io
import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import soundfile
from app.blobs import BlobError, BlobFullError, BlobMissingError, BlobStore
from app.calls.recordings import queries, service
from app.calls.recordings.models import State
from app.calls.recordings.store import original, player
from app.calls.recordings.trouble import OURS_AGAIN, TRIES, WAITS, Trouble
from app.people.alerts.models import Alert
from app.people.staff.models import Staff, StaffGrant
from sqlalchemy import select
from tests.calls.recordings.conftest import Archive, ArchiveMaker
from tests.calls.recordings.liar import SID, Answer, http
from tests.calls.recordings.sounds import chunk, fmt, riff, talk, tone, wav
from tests.fixtures.office import NOON

SOUND = wav(talk((1, 0), (2, 0.2), (1, 0)))
STEREO = wav(talk((2, 0.05), (2, 0)), talk((2, 0), (2, 0.8)))


def loudness(mp3: bytes, begin: float, end: float) -> float:
    """The level of a stretch of an MP3, in dBFS."""
    samples, rate = soundfile.read(io.BytesIO(mp3))
    part = samples[int(begin * rate) : int(end * rate)]
    return float(20 * np.log10(np.sqrt(np.mean(np.square(part))) + 1e-9))


def seconds_of(mp3: bytes) -> float:
    samples, rate = soundfile.read(io.BytesIO(mp3))
    return len(samples) / rate


def employ(archive: Archive, role: str = "ops", login: str = "ops") -> int:
    staff_id = archive.insert(Staff, login=login, name="王芳", phone="", created_at=NOON)
    archive.insert(
        StaffGrant, staff_id=staff_id, role=role, department="*", region="*", granted_at=NOON
    )
    return staff_id


def alerts(archive: Archive) -> list[Any]:
    with archive.database.reading() as connection:
        return list(connection.execute(select(Alert.staff_id, Alert.key, Alert.words)).all())


def test_a_recording_becomes_playable_trimmed_and_levelled(archive: ArchiveMaker) -> None:
    kept = archive(http(SOUND))
    kept.told()
    kept.works()
    row = kept.row
    assert (row.state, row.trouble, row.next_try_at, row.busy_until) == ("playable", "", None, None)
    assert (row.sha256, row.size) == (hashlib.sha256(SOUND).hexdigest(), len(SOUND))
    assert (row.seconds, row.channels, row.rate_hz, row.encoding) == (4.0, 1, 8000, "pcm_s16")
    assert row.trim_start == pytest.approx(0.7, abs=0.03)
    assert row.trim_end == pytest.approx(3.3, abs=0.03)
    assert kept.files.open(original(SID)) == SOUND
    mix = kept.files.open(player(SID, 1, "mix.mp3"))
    assert seconds_of(mix) == pytest.approx(2.6, abs=0.2)
    assert loudness(mix, 0.8, 1.8) == pytest.approx(-20, abs=1)
    peaks = json.loads(kept.files.open(player(SID, 1, "peaks.json")))
    assert peaks["seconds"] == pytest.approx(2.6, abs=0.05)
    assert 800 <= len(peaks["channels"][0]) <= 1600
    assert not kept.files.exists(player(SID, 1, "caller.mp3"))


def test_two_parties_are_heard_together_and_apart_at_the_same_level(
    archive: ArchiveMaker,
) -> None:
    kept = archive(http(STEREO))
    kept.told(source="DialVerb", channels=2)
    kept.works()
    assert (kept.row.state, kept.row.channels) == ("playable", 2)
    caller, staff, mix = (
        kept.files.open(player(SID, 1, f"{view}.mp3")) for view in ("caller", "staff", "mix")
    )
    assert loudness(caller, 0.5, 1.5) == pytest.approx(-20, abs=1.5)
    assert loudness(caller, 2.5, 3.5) < -60
    assert loudness(staff, 0.5, 1.5) < -60
    assert loudness(staff, 2.5, 3.5) == pytest.approx(-20, abs=1.5)
    assert loudness(mix, 0.5, 1.5) == pytest.approx(loudness(mix, 2.5, 3.5), abs=1.5)
    peaks = json.loads(kept.files.open(player(SID, 1, "peaks.json")))
    first, second = peaks["channels"]
    half = len(first) // 2
    assert max(first[half + 40 :]) < 3 < max(first[: half - 40])
    assert max(second[: half - 40]) < 3 < max(second[half + 40 :])


def test_pauses_are_mapped(archive: ArchiveMaker) -> None:
    kept = archive(http(wav(talk((1, 0.3), (3, 0), (1, 0.3), (0.4, 0), (1, 0.3)))))
    kept.told(seconds=6)
    kept.works()
    peaks = json.loads(kept.files.open(player(SID, 1, "peaks.json")))
    ((begin, end),) = peaks["silences"]
    assert (begin, end) == (pytest.approx(1, abs=0.05), pytest.approx(4, abs=0.05))


@pytest.mark.parametrize("tag", [6, 7], ids=["a-law", "mu-law"])
def test_telephone_encodings_are_played_too(archive: ArchiveMaker, tag: int) -> None:
    encoded = io.BytesIO()
    law = {6: "ALAW", 7: "ULAW"}[tag]
    soundfile.write(encoded, tone(4, 0.2), 8000, format="WAV", subtype=law)
    kept = archive(http(encoded.getvalue()))
    kept.told()
    kept.works()
    assert (kept.row.state, kept.row.encoding) == ("playable", {6: "alaw", 7: "mulaw"}[tag])
    assert loudness(kept.files.open(player(SID, 1, "mix.mp3")), 1, 3) == pytest.approx(-20, abs=1)


def test_a_header_without_a_length_is_played_and_said(archive: ArchiveMaker) -> None:
    endless = riff(fmt(), chunk(b"data", tone(4).tobytes(), 0xFFFFFFFF), claimed=0xFFFFFFFF)
    kept = archive(http(endless))
    kept.told()
    kept.works()
    assert kept.row.state == "playable"
    assert kept.row.explained == "its header does not say its length"
    assert seconds_of(kept.files.open(player(SID, 1, "mix.mp3"))) == pytest.approx(4, abs=0.2)


def test_silence_is_kept_and_said(archive: ArchiveMaker) -> None:
    kept = archive(http(wav(tone(4, 0))))
    kept.told()
    kept.works()
    assert (kept.row.state, kept.row.silent) == ("playable", True)


BADLY: dict[str, tuple[Answer, Trouble, State]] = {
    "not ready": (http(b"", "404 Not Found"), Trouble.not_ready, State.failed),
    "no access": (http(b"", "401 Unauthorized"), Trouble.refused, State.failed),
    "away": (http(b"", "500 Oops"), Trouble.unavailable, State.failed),
    "XML": (http(b"<RestException/>"), Trouble.not_audio, State.failed),
    "HTML": (http(b"<html/>", kind="text/html"), Trouble.not_audio, State.failed),
    "cut": (http(SOUND)[:-999], Trouble.truncated, State.failed),
    "half under a whole header": (http(SOUND[:9_000]), Trouble.truncated, State.failed),
    "4 GB claimed": (
        http(riff(fmt(), chunk(b"data", tone(4).tobytes(), 0xF0000000))),
        Trouble.truncated,
        State.failed,
    ),
    "0 s": (http(riff(fmt(), chunk(b"data", b""))), Trouble.empty, State.unplayable),
    "0 channels": (
        http(riff(fmt(channels=0, align=0), chunk(b"data", b"xx"))),
        Trouble.malformed,
        State.unplayable,
    ),
    "ADPCM": (
        http(riff(fmt(tag=0x11, bits=4, align=256), chunk(b"data", b"x" * 512))),
        Trouble.unsupported,
        State.unplayable,
    ),
}


@pytest.mark.parametrize("name", BADLY)
def test_every_failure_is_tried_ten_times_in_a_day_and_then_said(
    archive: ArchiveMaker, name: str
) -> None:
    answer, trouble, end = BADLY[name]
    kept = archive(answer)
    ops = employ(kept)
    employ(kept, "agent", "agent")
    kept.told()
    kept.works()
    assert (kept.row.state, kept.row.trouble, kept.row.attempts) == ("awaited", trouble, 1)
    assert kept.row.next_try_at - NOON >= timedelta(seconds=20)
    assert alerts(kept) == []
    kept.clock.at += WAITS[0]
    for wait in WAITS[1:]:
        kept.works()
        kept.clock.at += wait
    assert kept.row.state == "awaited"
    kept.works()
    assert (kept.row.state, kept.row.attempts, kept.row.next_try_at) == (end, TRIES, None)
    assert timedelta(hours=23) < kept.clock.at - NOON < timedelta(hours=24, minutes=1)
    ((staff_id, key, words),) = alerts(kept)
    assert (staff_id, key) == (ops, f"recording:{end}:{SID}:{ops}")
    assert SID in words
    asked = len(kept.liar.asked)
    kept.clock.at += timedelta(days=2)
    kept.works()
    assert len(kept.liar.asked) == asked == TRIES
    assert kept.files.exists(original(SID)) is (end is State.unplayable)
    assert kept.row.remote == "kept"


def test_what_was_given_up_is_begun_anew_when_asked(archive: ArchiveMaker) -> None:
    kept = archive(http(b"", "404 Not Found"))
    kept.told()
    kept.works_through(TRIES)
    assert kept.row.state == "failed"
    kept.liar.answers = [http(SOUND)]
    kept.works()
    assert kept.row.state == "failed"
    with kept.database.writing() as connection:
        assert service.begin_anew(connection, SID, kept.clock.now())
    kept.works()
    assert kept.row.state == "playable"
    with kept.database.writing() as connection:
        assert not service.begin_anew(connection, SID, kept.clock.now())


def test_a_shorter_file_is_believed_when_it_comes_twice(archive: ArchiveMaker) -> None:
    """Half-developed, it would have grown; trimmed by the provider, it stays as it is."""
    kept = archive(http(SOUND))
    kept.told(seconds=9)
    kept.works()
    assert (kept.row.state, kept.row.trouble) == ("awaited", "odd_length")
    kept.clock.at += WAITS[0]
    kept.works()
    assert kept.row.state == "playable"
    assert kept.row.explained == "9 s were told, 4.0 s came, twice the same"


def test_a_file_that_grows_is_waited_for(archive: ArchiveMaker) -> None:
    whole = wav(tone(9))
    kept = archive(http(SOUND), http(wav(tone(6))), http(whole))
    kept.told(seconds=9)
    kept.works_through(3)
    assert (kept.row.state, kept.row.explained) == ("playable", "")
    assert kept.row.sha256 == hashlib.sha256(whole).hexdigest()


def test_told_late_twice_and_out_of_order_it_is_one_recording(archive: ArchiveMaker) -> None:
    kept = archive(http(SOUND))
    kept.told("in-progress")
    with kept.database.reading() as connection:
        assert queries.find(connection, SID) is None
    kept.told()
    kept.told()
    kept.works()
    kept.told()
    kept.told("in-progress")
    kept.works()
    assert kept.row.state == "playable"
    assert len(kept.liar.asked) == 1
    assert len(kept.asked_for(service.WORK)) == 1


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [(BlobFullError("full"), Trouble.no_room), (BlobError("away"), Trouble.store_away)],
)
def test_our_own_trouble_is_never_the_last_try(
    archive: ArchiveMaker, monkeypatch: pytest.MonkeyPatch, failure: Exception, trouble: Trouble
) -> None:
    kept = archive(http(SOUND))
    employ(kept)
    kept.told()

    def refuse(*_arguments: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(BlobStore, "put", refuse)
        for _ in range(2 * TRIES):
            kept.works()
            assert (kept.row.state, kept.row.trouble) == ("awaited", trouble)
            assert kept.row.next_try_at == kept.clock.now() + OURS_AGAIN
            kept.clock.at += OURS_AGAIN
    assert kept.row.remote == "kept"
    assert len(alerts(kept)) == (1 if trouble is Trouble.no_room else 0)
    kept.works()
    assert kept.row.state == "playable"


def test_what_does_not_read_back_as_it_was_put_is_put_again(
    archive: ArchiveMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = archive(http(SOUND))
    kept.told()
    true_put = BlobStore.put
    with monkeypatch.context() as patched:
        patched.setattr(BlobStore, "put", lambda store, key, _: true_put(store, key, b"RIFF"))
        kept.works()
    assert (kept.row.state, kept.row.trouble) == ("awaited", "altered")
    kept.clock.at += WAITS[0]
    kept.works()
    assert kept.row.state == "playable"


def test_who_loses_the_lease_changes_nothing(archive: ArchiveMaker) -> None:
    kept = archive(http(SOUND))
    kept.told()
    with kept.database.writing() as connection:
        slow = service.claim(connection, NOON, lambda _: timedelta(seconds=30))
        assert slow is not None
        assert service.claim(connection, NOON, lambda _: timedelta(seconds=30)) is None
    kept.clock.at += timedelta(seconds=31)
    kept.works()
    done = kept.row
    assert done.state == "playable"
    with kept.database.writing() as connection:
        service.failed_try(connection, slow, Trouble.truncated, kept.clock.now())
        assert not service.playable(connection, slow, kept.clock.now())
    assert kept.row == done


def test_a_worker_that_dies_is_followed_by_another(
    archive: ArchiveMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = archive(http(SOUND))
    kept.told()

    def die(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("app.calls.recordings.work.render", die)
        with pytest.raises(KeyboardInterrupt):
            kept.works()
    assert kept.row.state == "stored"
    with kept.database.reading() as connection:
        assert not queries.work_is_due(connection, kept.clock.now())
        assert queries.work_is_due(connection, kept.clock.now() + timedelta(minutes=3))
    kept.clock.at += timedelta(minutes=3)
    kept.works()
    assert kept.row.state == "playable"
    assert len(kept.liar.asked) == 1


def test_what_cannot_be_rendered_is_kept_and_said(
    archive: ArchiveMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = archive(http(SOUND))
    employ(kept)
    kept.told()
    monkeypatch.setattr("app.calls.recordings.rendering.PROGRAM", "app.no.such.program")
    kept.works_through(service.RENDER_TRIES)
    assert (kept.row.state, kept.row.trouble) == ("unplayable", "unrenderable")
    assert kept.files.open(original(SID)) == SOUND
    assert len(alerts(kept)) == 1
    assert len(kept.liar.asked) == 1


def test_an_original_that_was_altered_is_fetched_again(archive: ArchiveMaker) -> None:
    kept = archive(http(SOUND))
    employ(kept)
    kept.told()
    kept.works()
    kept.files.put(original(SID), b"something else")
    with kept.database.writing() as connection:
        service.render_anew(connection, kept.row.id, kept.clock.now())
    kept.works()
    assert (kept.row.state, kept.row.played_rendition) == ("playable", 2)
    assert kept.files.open(original(SID)) == SOUND
    assert len(alerts(kept)) == 1


def test_an_original_that_is_gone_everywhere_is_said(archive: ArchiveMaker) -> None:
    kept = archive(http(SOUND))
    kept.told()
    kept.works()
    kept.files.delete(original(SID))
    kept.change(remote="deleted")
    with kept.database.writing() as connection:
        service.render_anew(connection, kept.row.id, kept.clock.now())
    kept.works()
    assert (kept.row.state, kept.row.trouble) == ("failed", "altered")
    with pytest.raises(BlobMissingError):
        kept.files.open(original(SID))


def test_the_tries_spread_over_a_day() -> None:
    assert len(WAITS) + 1 == TRIES == 10
    assert timedelta(hours=23) < sum(WAITS, timedelta()) < timedelta(hours=24)
    assert all(earlier <= later for earlier, later in pairwise(WAITS))
