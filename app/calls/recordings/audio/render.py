"""The program that makes the player's copies: `python -m app.calls.recordings.audio.render`.

It reads an order as JSON on standard input and answers with a line of JSON per stage: `measured`,
`playable` (mix.mp3 and peaks.json are there), `done` (and caller.mp3 and staff.mp3, if apart).
"""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import soundfile

from app.calls.recordings.audio.limits import be_modest
from app.calls.recordings.audio.measure import Measured, Span, measure
from app.calls.recordings.audio.peaks import PeakMeter
from app.calls.recordings.audio.sides import Cut, mixed, samples_of, sides

SIDES = ("caller", "staff")


def main() -> None:
    """Carry out the order on standard input."""
    order = json.load(sys.stdin)
    be_modest(int(order["cpu_seconds"]))
    for stage in render(Path(order["source"]), Path(order["folder"]), order):
        print(json.dumps(stage), flush=True)  # noqa: T201


def render(source: Path, folder: Path, order: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Make the copies in a folder, telling each stage."""
    found = measure(source)
    begin, end = order["trim"] or found.edges()
    cut = Cut(begin, end, [(float(start), float(stop)) for start, stop in order["redactions"]])
    yield {"stage": "measured", "trim": [begin, end], "silent": found.silent}
    peaks = _encode_mix(source, folder, cut, found)
    _write_peaks(folder, found, cut, peaks)
    yield {"stage": "playable"}
    if len(found.gains) > 1:
        _encode_sides(source, folder, cut, found)
    yield {"stage": "done"}


def _encode_mix(source: Path, folder: Path, cut: Cut, found: Measured) -> list[PeakMeter]:
    frames = round(cut.end * found.rate_hz) - round(cut.begin * found.rate_hz)
    peaks = [PeakMeter(frames) for _ in found.gains]
    with _mp3(folder / "mix.mp3", found.rate_hz) as mp3:
        for apart in sides(source, cut, found.gains):
            for meter, side in zip(peaks, apart, strict=True):
                meter.add(samples_of(side))
            mp3.write(samples_of(mixed(apart)))
    return peaks


def _encode_sides(source: Path, folder: Path, cut: Cut, found: Measured) -> None:
    with ExitStack() as open_files:
        files = [
            open_files.enter_context(_mp3(folder / f"{side}.mp3", found.rate_hz)) for side in SIDES
        ]
        for apart in sides(source, cut, found.gains):
            for mp3, side in zip(files, apart, strict=True):
                mp3.write(samples_of(side))


def _mp3(path: Path, rate_hz: int) -> soundfile.SoundFile:
    """Constant bitrate (32 kbit/s at 8 kHz), so that browsers find any second by its place."""
    return soundfile.SoundFile(
        path,
        "w",
        rate_hz,
        channels=1,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=0.5,
    )


def _write_peaks(folder: Path, found: Measured, cut: Cut, peaks: Sequence[PeakMeter]) -> None:
    redactions: list[Span] = list(cut.redactions)
    drawn = {
        "seconds": round(cut.end - cut.begin, 3),
        "channels": [meter.points() for meter in peaks],
        "silences": found.silences(cut.begin, cut.end),
        "redactions": redactions,
    }
    (folder / "peaks.json").write_text(json.dumps(drawn, separators=(",", ":")))


if __name__ == "__main__":
    main()
