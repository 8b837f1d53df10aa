"""The first pass over a recording: how loud each side is, and where nobody speaks.

Levels are dBFS (0 is full scale). A recording is read in blocks: memory does not grow with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

WINDOW_SECONDS = 0.02
BLOCK_SECONDS = 20
TARGET_DBFS = -20.0  # of speech, not of the whole: long pauses must not make voices loud
HIGHEST_PEAK_DBFS = -1.5
_LOWEST, _HIGHEST = -55.0, -38.0  # between these lies the level under which there is no speech
_BELOW_SPEECH_DB = 30.0
_MAXIMUM_GAIN_DB = 24.0
_LEAD_SECONDS = 0.3  # of silence that is left before the first and after the last sound
_PAUSE_SECONDS = 1.0  # a silence that is worth skipping

Levels = NDArray[np.float32]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the first pass found. `gains` are in dB by channel; `speaking` is a flag per window."""

    rate_hz: int
    seconds: float
    gains: tuple[float, ...]
    speaking: NDArray[np.bool_]

    @property
    def silent(self) -> bool:
        """Whether nobody says anything at all."""
        return not self.speaking.any()

    def edges(self) -> Span:
        """Where the sound begins and ends, with a little silence before and after."""
        heard = np.flatnonzero(self.speaking)
        if not len(heard):
            return 0.0, self.seconds
        begin = float(heard[0]) * WINDOW_SECONDS - _LEAD_SECONDS
        end = float(heard[-1] + 1) * WINDOW_SECONDS + _LEAD_SECONDS
        return round(max(0.0, begin), 2), round(min(self.seconds, end), 2)

    def silences(self, begin: float, end: float) -> list[Span]:
        """The pauses between `begin` and `end`, in seconds after `begin`."""
        first, last = round(begin / WINDOW_SECONDS), round(end / WINDOW_SECONDS)
        quiet = np.concatenate(([False], ~self.speaking[first:last], [False]))
        changes = np.flatnonzero(np.diff(quiet.astype(np.int8)))
        spans = [
            (round(float(start) * WINDOW_SECONDS, 2), round(float(stop) * WINDOW_SECONDS, 2))
            for start, stop in zip(changes[::2], changes[1::2], strict=True)
        ]
        return [span for span in spans if span[1] - span[0] >= _PAUSE_SECONDS]


def measure(path: Path) -> Measured:
    """Measure a recording. Raises soundfile.SoundFileError for what cannot be read."""
    with soundfile.SoundFile(path) as file:
        rate_hz, seconds = file.samplerate, file.frames / file.samplerate
        blocks = [_levels_of(block, rate_hz) for block in samples(file)]
    levels = np.concatenate([levels for levels, _ in blocks])
    peaks = np.max([peak for _, peak in blocks], axis=0)
    channels = range(levels.shape[1])
    floors = [_floor_of(levels[:, channel]) for channel in channels]
    gains = tuple(_gain(levels[:, c], floors[c], float(peaks[c])) for c in channels)
    speaking = np.any(levels > np.array(floors), axis=1)
    return Measured(rate_hz, seconds, gains, speaking)


def samples(file: soundfile.SoundFile, frames: int = -1) -> Iterator[NDArray[np.int16]]:
    """The next frames of an open file in blocks, each (frames, channels)."""
    length = BLOCK_SECONDS * file.samplerate
    blocks = file.blocks(blocksize=length, frames=frames, dtype="int16", always_2d=True)
    yield from blocks


def _levels_of(block: NDArray[np.int16], rate_hz: int) -> tuple[Levels, Levels]:
    """Level by window and channel, and the highest peak by channel."""
    window = round(rate_hz * WINDOW_SECONDS)
    short = -len(block) % window
    padded = np.pad(block, ((0, short), (0, 0))).astype(np.float32)
    windows = padded.reshape(-1, window, block.shape[1]) / 32768
    return _dbfs(np.sqrt(np.mean(np.square(windows), axis=1))), _dbfs(np.abs(windows).max((0, 1)))


def _dbfs(amplitudes: NDArray[np.float32]) -> Levels:
    loud = np.maximum(amplitudes, 1e-6)
    return (20 * np.log10(loud)).astype(np.float32)


def _floor_of(levels: Levels) -> float:
    """The level under which a side is not speaking."""
    loud = float(np.percentile(levels, 95))
    return min(_HIGHEST, max(_LOWEST, loud - _BELOW_SPEECH_DB))


def _gain(levels: Levels, floor: float, peak: float) -> float:
    spoken = levels[levels > floor]
    if not len(spoken):
        return 0.0
    level = 10 * np.log10(np.mean(np.power(10.0, spoken / 10)))
    wanted = min(TARGET_DBFS - float(level), _MAXIMUM_GAIN_DB, HIGHEST_PEAK_DBFS - peak)
    return round(wanted, 2)
