"""The program that makes a prompt's file of any sound; see `conversion.py`, which runs it.

It reads an order as JSON on standard input (`source`, `words`, `cpu_seconds`) and answers with one
line of JSON: `seconds` when `prompt.wav` is in the folder it runs in, else `trouble`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from app.calls.recordings.audio.limits import be_modest
from app.calls.recordings.audio.measure import WINDOW_SECONDS, measure
from app.calls.recordings.audio.sides import Cut, mixed, samples_of, sides
from app.flows.audio_files import LONGEST_SECONDS, RATE_HZ

SHORTEST_SECONDS = 0.3  # of speech, its silences left out
_LOWEST_RATE_HZ, _HIGHEST_RATE_HZ = RATE_HZ, 96_000
_MARGIN_SECONDS = 30  # of silence before and after, which is cut off

Samples = NDArray[np.float32]


def main() -> None:
    """Carry out the order on standard input."""
    order = json.load(sys.stdin)
    be_modest(int(order["cpu_seconds"]))
    print(json.dumps(convert(Path(order["source"]), Path(), order["words"])))  # noqa: T201


def convert(source: Path, folder: Path, words: str) -> dict[str, Any]:
    """Make `prompt.wav` in a folder: one channel, 8 kHz, levelled, without silence at its ends."""
    try:
        with soundfile.SoundFile(source) as file:
            if not _LOWEST_RATE_HZ <= file.samplerate <= _HIGHEST_RATE_HZ:
                return {"trouble": "unreadable"}
            if file.frames > (LONGEST_SECONDS + _MARGIN_SECONDS) * file.samplerate:
                return {"trouble": "too_long"}
            together: Samples = file.read(dtype="float32", always_2d=True).mean(axis=1)
            at_our_rate = resampled(together, file.samplerate)
    except soundfile.SoundFileError:
        return {"trouble": "unreadable"}
    if not len(at_our_rate):
        return {"trouble": "too_short"}
    plain = folder / "plain.wav"
    soundfile.write(plain, at_our_rate, RATE_HZ, subtype="PCM_16")
    return _level(plain, folder / "prompt.wav", words)


def resampled(samples: Samples, rate_hz: int) -> Samples:
    """The samples at 8 kHz; what lies above 4 kHz is taken out instead of folded down."""
    length = round(len(samples) * RATE_HZ / rate_hz)
    if rate_hz == RATE_HZ or not length:
        return samples[:length]
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    made = np.fft.irfft(spectrum, length) * (length / len(samples))
    return np.clip(made, -1.0, 1.0).astype(np.float32)


def _level(plain: Path, target: Path, words: str) -> dict[str, Any]:
    found = measure(plain)
    if found.silent:
        return {"trouble": "silent"}
    begin, end = found.edges()
    if float(found.speaking.sum()) * WINDOW_SECONDS < SHORTEST_SECONDS:
        return {"trouble": "too_short"}
    if end - begin > LONGEST_SECONDS:
        return {"trouble": "too_long"}
    with soundfile.SoundFile(target, "w", RATE_HZ, 1, "PCM_16", format="WAV") as file:
        file.comment = words
        for apart in sides(plain, Cut(begin, end), found.gains):
            file.write(samples_of(mixed(apart)))
    return {"seconds": round(end - begin, 2)}


if __name__ == "__main__":
    main()
