"""Fetching from a provider that lies: nowhere else, nothing local, never without end (C14)."""

import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.calls.recordings.fetch import Limits, delete_remote, fetch
from app.calls.recordings.trouble import RecordingError, Trouble
from tests.calls.recordings.liar import ACCOUNT, SID, Answer, Liar, drips, http, lying
from tests.calls.recordings.sounds import tone, wav

GOOD = wav(tone(1))
QUICK = Limits(size=4 * 1024 * 1024, seconds=0.4)
MEDIA = f"GET /2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}.wav"


@pytest.fixture
def elsewhere() -> Iterator[Liar]:
    """Another host, to which nobody must go."""
    with lying(http(GOOD)) as other:
        yield other
    assert other.asked == []


def trouble_of(answer: Answer, target: Path, limits: Limits = QUICK) -> Trouble:
    with lying(answer) as liar, pytest.raises(RecordingError) as refusal:
        fetch(liar.provider(), SID, "DialVerb", target, limits)
    assert list(target.parent.iterdir()) == []
    return refusal.value.trouble


def test_it_asks_for_both_channels_of_the_sid_and_says_who_it_is(tmp_path: Path) -> None:
    with lying(http(GOOD)) as liar:
        fetch(liar.provider(), SID, "DialVerb", tmp_path / "sound.wav")
    assert liar.asked == [f"{MEDIA}?RequestedChannels=2"]
    assert "Authorization: Basic U0trZXk6c2VjcmV0" in liar.headers[0]
    assert (tmp_path / "sound.wav").read_bytes() == GOOD


def test_where_two_channels_cannot_be_had_it_asks_for_one(tmp_path: Path) -> None:
    with lying(http(b"{}", "400 Bad Request", "application/json"), http(GOOD)) as liar:
        fetch(liar.provider(), SID, "DialVerb", tmp_path / "sound.wav")
    assert liar.asked == [f"{MEDIA}?RequestedChannels=2", f"{MEDIA}?RequestedChannels=1"]


def test_a_message_has_one_channel_and_is_asked_for_plainly(tmp_path: Path) -> None:
    with lying(http(GOOD)) as liar:
        fetch(liar.provider(), SID, "RecordVerb", tmp_path / "sound.wav")
    assert liar.asked == [MEDIA]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (http(b"", "404 Not Found"), Trouble.not_ready),
        (http(b"", "401 Unauthorized"), Trouble.refused),
        (http(b"", "403 Forbidden"), Trouble.refused),
        (http(b"", "429 Too Many Requests"), Trouble.unavailable),
        (http(b"", "503 Service Unavailable"), Trouble.unavailable),
        (http(b"<RestException/>", kind="application/xml"), Trouble.not_audio),
        (http(b"<RestException/>"), Trouble.not_audio),
        (http(b"<html></html>", kind="text/html"), Trouble.not_audio),
        (http(b"#EXTM3U\nfile:///etc/passwd", kind="audio/x-mpegurl"), Trouble.not_audio),
        (http(b"#EXTM3U\nfile:///etc/passwd"), Trouble.not_audio),
        (http(b"ffconcat version 1.0\nfile /etc/passwd"), Trouble.not_audio),
        (http(GOOD)[:-500], Trouble.truncated),
        (http(GOOD)[:40], Trouble.truncated),
        (b"SSH-2.0-OpenSSH_9\r\n", Trouble.unavailable),
        (b"", Trouble.unavailable),
        (http(GOOD).replace(b"Content-Length: 16044", b"Content-Length: 999999999"), Trouble.too_large),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"8\r\nRIFFxxxx\r\n",
            Trouble.truncated,
        ),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, bytes) else str(value),
)  # fmt: skip
def test_each_bad_answer_has_its_name(tmp_path: Path, answer: Answer, trouble: Trouble) -> None:
    assert trouble_of(answer, tmp_path / "sound.wav", Limits()) is trouble


def test_a_gigabyte_is_cut_at_the_cap(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with lying(b"") as liar:
        liar.answers = [liar.pours(1024)]
        with pytest.raises(RecordingError) as refusal:
            fetch(liar.provider(), SID, "DialVerb", tmp_path / "x", Limits(4 * 1024 * 1024, 20))
        assert refusal.value.trouble is Trouble.too_large
        assert liar.sent < 64 * 1024 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # kilobytes


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\n\r\nRIFF"),
        drips(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        drips(b"", b"H"),
    ],
    ids=["in the sound", "in a header", "from the first byte"],
)
def test_drops_without_end_are_cut_off_in_time(tmp_path: Path, answer: Answer) -> None:
    begun = time.monotonic()
    trouble = trouble_of(answer, tmp_path / "sound.wav")
    assert time.monotonic() - begun < 3
    assert trouble in (Trouble.too_slow, Trouble.unavailable)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/x.wav",
        "http://localhost:{port}/x.wav",
        "//127.0.0.1:{port}/x.wav",
        "https://127.0.0.1:{own}/x.wav",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{own}/",
        "http://127.0.0.1:{own}@127.0.0.1:{port}/",
    ],
)
def test_nobody_is_sent_elsewhere(tmp_path: Path, elsewhere: Liar, location: str) -> None:
    with lying(b"") as liar:
        to = location.format(port=elsewhere.port, own=liar.port)
        liar.answers = [http(b"", "302 Found", Location=to)]
        with pytest.raises(RecordingError) as refusal:
            fetch(liar.provider(), SID, "DialVerb", tmp_path / "sound.wav", QUICK)
        assert refusal.value.trouble is Trouble.redirected
        assert len(liar.asked) == 1


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(tmp_path: Path) -> None:
    with lying(http(b"", "307 Temporary Redirect", Location="/media/1"), http(GOOD)) as liar:
        fetch(liar.provider(), SID, "DialVerb", tmp_path / "sound.wav")
        assert liar.asked[1] == "GET /media/1"
        liar.answers = [http(b"", "302 Found", Location="/again")]
        with pytest.raises(RecordingError) as refusal:
            fetch(liar.provider(), SID, "DialVerb", tmp_path / "other.wav")
        assert refusal.value.trouble is Trouble.redirected


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"]
)  # fmt: skip
def test_a_public_name_that_leads_inside_is_refused(tmp_path: Path, address: str) -> None:
    with lying(http(GOOD)) as liar:
        base = f"http://api.example.org:{liar.port}"
        provider = liar.provider(base, resolver=lambda _host, _port: [address])
        with pytest.raises(RecordingError) as refusal:
            fetch(provider, SID, "DialVerb", tmp_path / "sound.wav", QUICK)
        assert refusal.value.trouble is Trouble.forbidden_address
        assert liar.asked == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(tmp_path: Path) -> None:
    with lying(http(GOOD)) as liar:
        answers = ["93.184.216.34", "10.0.0.1"]
        provider = liar.provider("https://api.example.org", resolver=lambda _h, _p: answers)
        with pytest.raises(RecordingError) as refusal:
            fetch(provider, SID, "DialVerb", tmp_path / "sound.wav", QUICK)
        assert refusal.value.trouble is Trouble.forbidden_address


def test_the_name_is_resolved_once_and_that_address_used(tmp_path: Path) -> None:
    """A name server that answers otherwise the second time (rebinding) changes nothing."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with lying(http(GOOD)) as liar:
        base = f"http://engine.county.example:{liar.port}"
        provider = liar.provider(base, private=True, resolver=rebinding)
        fetch(provider, SID, "RecordVerb", tmp_path / "sound.wav")
        assert asked == ["engine.county.example"]
        assert f"Host: engine.county.example:{liar.port}" in liar.headers[0]


@pytest.mark.parametrize(
    "sid", ["../../etc", "RE1/../x", "RE1?x=1", "RE 1", "", "R" * 65, "RE1\r\nX: y"]
)
def test_what_is_no_sid_is_asked_of_nobody(tmp_path: Path, sid: str) -> None:
    with lying(http(GOOD)) as liar:
        with pytest.raises(ValueError, match="SID"):
            fetch(liar.provider(), sid, "RecordVerb", tmp_path / "sound.wav")
        assert liar.asked == []


def test_a_full_disk_is_told_apart_from_the_network(tmp_path: Path) -> None:
    target = tmp_path / "sound.wav"
    (tmp_path / "sound.wav.part").symlink_to("/dev/full")
    with lying(http(GOOD)) as liar, pytest.raises(RecordingError) as refusal:
        fetch(liar.provider(), SID, "RecordVerb", target)
    assert refusal.value.trouble is Trouble.no_room
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "had_it"),
    [("204 No Content", True), ("404 Not Found", False), ("410 Gone", False)],
)
def test_the_provider_forgets_once(status: str, *, had_it: bool) -> None:
    with lying(http(b"", status)) as liar:
        assert delete_remote(liar.provider(), SID) is had_it
        assert liar.asked == [f"DELETE /2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}.json"]


def test_a_refused_deletion_is_trouble() -> None:
    with lying(http(b"", "500 Oops")) as liar, pytest.raises(RecordingError):
        delete_remote(liar.provider(), SID)


def test_nothing_is_left_running() -> None:
    timers = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    for timer in timers:
        timer.join(1)  # one that was cancelled this moment is about to end
    assert not [timer for timer in timers if timer.is_alive()]
