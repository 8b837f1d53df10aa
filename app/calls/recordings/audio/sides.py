"""The second pass: each side levelled and redacted, block by block, and mixed."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from app.calls.recordings.audio.measure import Span, samples

with warnings.catch_warnings():
    # pydub warns that it found no ffmpeg; samples, all that is needed here, do without.
    warnings.simplefilter("ignore")
    from pydub.audio_segment import AudioSegment
    from pydub.generators import Sine

_TONE_HZ, _TONE_DB = 440, -34.0  # heard, so that nobody takes a redaction for a pause


@dataclass(frozen=True, slots=True)
class Cut:
    """What of the original is played: from `begin` to `end` (seconds), without `redactions`.

    Redactions are spans in seconds after `begin`, in order.
    """

    begin: float
    end: float
    redactions: Sequence[Span] = ()


def sides(path: Path, cut: Cut, gains: Sequence[float]) -> Iterator[list[AudioSegment]]:
    """Block after block, one segment per side: cut, levelled, redacted."""
    with soundfile.SoundFile(path) as file:
        rate_hz = file.samplerate
        file.seek(round(cut.begin * rate_hz))
        frames = round(cut.end * rate_hz) - round(cut.begin * rate_hz)
        place = 0.0
        for block in samples(file, frames):
            whole = AudioSegment(
                block.tobytes(), sample_width=2, frame_rate=rate_hz, channels=block.shape[1]
            )
            apart = whole.split_to_mono()
            yield [
                _redacted(side.apply_gain(gain), place, cut.redactions)
                for side, gain in zip(apart, gains, strict=True)
            ]
            place += len(block) / rate_hz


def mixed(apart: Sequence[AudioSegment]) -> AudioSegment:
    """All sides in one."""
    whole = apart[0]
    for side in apart[1:]:
        whole = whole.overlay(side)
    return whole


def samples_of(segment: AudioSegment) -> NDArray[np.int16]:
    """The samples of a side."""
    return np.frombuffer(segment.raw_data, dtype=np.int16)


def _redacted(side: AudioSegment, place: float, redactions: Sequence[Span]) -> AudioSegment:
    """The side with a soft tone instead of what is redacted; it begins at `place` seconds."""
    rate_hz, length = side.frame_rate, int(side.frame_count())
    for begin, end in redactions:
        # In frames, not in pydub's milliseconds: a redaction must not leave a syllable.
        first = max(0, int((begin - place) * rate_hz))
        last = min(length, int(np.ceil((end - place) * rate_hz)))
        if first < last:
            tone = _tone(last - first, rate_hz)
            data = side.raw_data
            side = side._spawn(data[: first * 2] + tone + data[last * 2 :])
    return side


def _tone(frames: int, rate_hz: int) -> bytes:
    made = Sine(_TONE_HZ, sample_rate=rate_hz).to_audio_segment(
        duration=frames * 1000 / rate_hz + 1, volume=_TONE_DB
    )
    data: bytes = made.raw_data[: frames * 2]
    return data.ljust(frames * 2, b"\0")
