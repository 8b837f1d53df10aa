"""The corpus of files that claim to be recordings: what each is taken for."""

import random
import struct
from pathlib import Path

import pytest
from app.calls.recordings.trouble import RecordingError, Trouble
from app.calls.recordings.verify import OddLengthError, verify
from app.calls.recordings.wav import inspect
from tests.calls.recordings.sounds import chunk, fmt, riff, talk, tone, wav, written

SECOND = tone(1).tobytes()
DATA = chunk(b"data", SECOND)
EXTENSIBLE = chunk(
    b"fmt ", struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 16000, 2, 16, 22, 16, 4) + b"\x01\x00" + b"\0" * 14
)  # fmt: skip

GOOD = {
    "mono": (riff(fmt(), DATA), 1, "pcm_s16", 1.0),
    "two channels": (wav(tone(2), tone(2)), 2, "pcm_s16", 2.0),
    "a list before the sound": (riff(fmt(), chunk(b"LIST", b"INFOx"), DATA), 1, "pcm_s16", 1.0),
    "a list after the sound": (riff(fmt(), DATA, chunk(b"LIST", b"INFO")), 1, "pcm_s16", 1.0),
    "extensible": (riff(EXTENSIBLE, DATA), 1, "pcm_s16", 1.0),
    "mu-law": (riff(fmt(tag=7, bits=8), chunk(b"data", b"\x7f" * 8000)), 1, "mulaw", 1.0),
    "a-law": (riff(fmt(tag=6, bits=8), chunk(b"data", b"\x55" * 8000)), 1, "alaw", 1.0),
    "open end": (riff(fmt(), chunk(b"data", SECOND, 0xFFFFFFFF), claimed=0xFFFFFFFF), 1, "pcm_s16", 1.0),
    "open end of zeros": (riff(fmt(), chunk(b"data", SECOND, 0), claimed=0), 1, "pcm_s16", 1.0),
}  # fmt: skip

BAD = {
    "nothing": (b"", Trouble.not_audio),
    "an error in XML": (b"<?xml version='1.0'?><RestException/>", Trouble.not_audio),
    "a page": (b"<!DOCTYPE html><html></html>", Trouble.not_audio),
    "a playlist": (b"#EXTM3U\nfile:///etc/passwd\n", Trouble.not_audio),
    "a concat script": (b"ffconcat version 1.0\nfile /etc/passwd\n", Trouble.not_audio),
    "an MP3": (b"ID3\x04\x00\x00\x00\x00\x00\x21" + b"\0" * 100, Trouble.not_audio),
    "AVI": (b"RIFF" + struct.pack("<I", 4) + b"AVI ", Trouble.not_audio),
    "only a beginning": (riff(fmt(), DATA)[:20], Trouble.truncated),
    "cut in the sound": (riff(fmt(), DATA)[:9_000], Trouble.truncated),
    "a byte too few": (riff(fmt(), DATA)[:-2], Trouble.truncated),
    "4 GB claimed": (riff(fmt(), chunk(b"data", SECOND, 0xF0000000), claimed=0xF0000008), Trouble.truncated),
    "4 GB of sound in a true file": (riff(fmt(), chunk(b"data", SECOND, 0xF0000000)), Trouble.truncated),
    "0 s": (riff(fmt(), chunk(b"data", b"")), Trouble.empty),
    "half a frame": (riff(fmt(), chunk(b"data", b"\0")), Trouble.empty),
    "0 channels": (riff(fmt(channels=0, align=0), DATA), Trouble.malformed),
    "0 Hz": (riff(fmt(rate_hz=0), DATA), Trouble.malformed),
    "frames of nothing": (riff(fmt(align=0), DATA), Trouble.malformed),
    "frames that lie": (riff(fmt(align=7), DATA), Trouble.malformed),
    "no format": (riff(DATA), Trouble.malformed),
    "no sound": (riff(fmt(), chunk(b"LIST", b"x" * 60)), Trouble.malformed),
    "a short format": (riff(chunk(b"fmt ", b"\x01\0"), DATA), Trouble.malformed),
    "ADPCM": (riff(fmt(tag=0x11, bits=4, align=256), DATA), Trouble.unsupported),
    "GSM": (riff(fmt(tag=0x31, bits=0, align=65), DATA), Trouble.unsupported),
    "5 channels": (riff(fmt(channels=5), DATA), Trouble.unsupported),
    "an odd rate": (riff(fmt(rate_hz=7_999), DATA), Trouble.unsupported),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_understood(tmp_path: Path, name: str) -> None:
    content, channels, encoding, seconds = GOOD[name]
    facts = inspect(written(tmp_path, content))
    assert (facts.channels, facts.encoding, facts.seconds) == (channels, encoding, seconds)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_called_by_its_name(tmp_path: Path, name: str) -> None:
    content, trouble = BAD[name]
    with pytest.raises(RecordingError) as refusal:
        inspect(written(tmp_path, content))
    assert refusal.value.trouble is trouble


def test_no_damage_breaks_the_reader(tmp_path: Path) -> None:
    """Bytes changed, cut and repeated at random: always facts or a named trouble."""
    chance = random.Random(14)
    whole = wav(tone(0.2), tone(0.2))
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(60)] = chance.randrange(256)
        content = bytes(damaged[: chance.randrange(len(damaged) + 1)]) * chance.randint(1, 2)
        path = written(tmp_path, content)
        try:
            facts = inspect(path)
        except RecordingError:
            continue
        assert 0 < facts.frames <= len(content)


@pytest.mark.parametrize(
    ("told", "explained"),
    [(10, ""), (11, "whole seconds were told (11)"), (None, "the provider told no length")],
)
def test_a_length_agrees_or_is_explained(tmp_path: Path, told: int | None, explained: str) -> None:
    path = written(tmp_path, wav(talk((10.2, 0.3))))
    assert verify(path, told).explained == explained


def test_another_length_must_come_twice_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, wav(tone(6)))
    with pytest.raises(OddLengthError) as refusal:
        verify(path, 10)
    assert verify(path, 10, refusal.value.sha256).explained.startswith("10 s were told, 6.0 s")
    grown = written(tmp_path, wav(tone(8)))
    with pytest.raises(OddLengthError):
        verify(grown, 10, refusal.value.sha256)


def test_an_open_end_must_agree_with_what_was_told(tmp_path: Path) -> None:
    content, *_ = GOOD["open end"]
    path = written(tmp_path, content)
    assert verify(path, 1).explained == "its header does not say its length"
    with pytest.raises(RecordingError) as refusal:
        verify(path, 3)
    assert refusal.value.trouble is Trouble.truncated
