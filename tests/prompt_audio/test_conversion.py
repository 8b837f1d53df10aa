"""Any recording becomes a prompt's file, or a reason why not: real sound through a real decoder."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from app.calls.recordings.audio.measure import TARGET_DBFS
from app.prompt_audio.conversion import LARGEST_BYTES, AudioError, Trouble, converted
from app.prompt_audio.conversion_program import convert, resampled
from tests.prompt_audio.sounds import tone

WORDS = "您好 & <热线> -- “回响”"


def judged(content: bytes) -> tuple[int, int, float]:
    """Rate, channels, and how loud the speech is (dBFS)."""
    samples, rate = soundfile.read(io.BytesIO(content))
    loud = samples[8000:16000]
    return rate, samples.ndim, float(20 * np.log10(np.sqrt(np.mean(loud**2))))


def test_a_recording_becomes_8_khz_mono_at_even_loudness() -> None:
    made = converted(tone(rate=44_100, channels=2, kind="MP3"), WORDS)
    assert made.facts.words == WORDS
    assert abs(made.facts.seconds - 2.6) < 0.15  # half a second of silence was cut to 0.3 s
    rate, channels, loudness = judged(made.content)
    assert (rate, channels) == (8000, 1)
    assert abs(loudness - TARGET_DBFS) < 1.5


@pytest.mark.parametrize("data", [tone(loudness=0.01), tone(loudness=0.9, rate=48_000, channels=2)])
def test_quiet_and_loud_speakers_are_heard_alike(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "source").write_bytes(data)
    assert "seconds" in convert(tmp_path / "source", tmp_path, WORDS)
    assert abs(judged((tmp_path / "prompt.wav").read_bytes())[2] - TARGET_DBFS) < 1.5


REFUSED = {
    "nothing": (b"", Trouble.not_audio),
    "a page": (b"<html>no sound here</html>", Trouble.not_audio),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, Trouble.not_audio),
    "huge": (b"RIFF" + b"\0" * LARGEST_BYTES, Trouble.too_large),
    "only a beginning": (b"RIFF\0\0\0\0WAVEfmt ", Trouble.unreadable),
}


@pytest.mark.parametrize(("data", "trouble"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_recording_is_refused(data: bytes, trouble: Trouble) -> None:
    with pytest.raises(AudioError) as refused:
        converted(data, WORDS)
    assert refused.value.trouble is trouble


NO_PROMPTS = {
    "cut": (tone()[:60], "silent"),
    "a false mp3": (b"ID3" + b"\xff" * 2_000, "unreadable"),
    "silence": (tone(loudness=0.0), "silent"),
    "a click": (tone(0.01), "too_short"),
    "a speech": (tone(125), "too_long"),
    "a lecture": (tone(400, kind="MP3"), "too_long"),
}


@pytest.mark.parametrize(("data", "trouble"), NO_PROMPTS.values(), ids=list(NO_PROMPTS))
def test_what_makes_no_prompt_is_refused(tmp_path: Path, data: bytes, trouble: str) -> None:
    (tmp_path / "source").write_bytes(data)
    assert convert(tmp_path / "source", tmp_path, WORDS) == {"trouble": trouble}
    assert Trouble(trouble)


def test_what_lies_above_4_khz_is_taken_out_instead_of_folded_down() -> None:
    at = np.arange(44_100) / 44_100
    too_high = np.sin(2 * np.pi * 7_000 * at).astype(np.float32)
    assert np.abs(resampled(too_high, 44_100)).max() < 0.01
    low = resampled(np.sin(2 * np.pi * 440 * at).astype(np.float32), 44_100)
    assert len(low) == 8_000
    assert abs(float(np.abs(low[1_000:-1_000]).max()) - 1) < 0.02
