"""How long a recording takes to become playable, and how much memory.

    python -m app.bench.recording [minutes]

It makes a conversation of two channels at 8 kHz and has the player's copies made of it, as the
service does: in a process of its own, whose peak memory is reported.
"""

import math
import random
import resource
import sys
import tempfile
import time
import wave
from array import array
from pathlib import Path

from rich.console import Console

from app.calls.recordings.rendering import Order, render

RATE_HZ = 8000
BLOCK_SECONDS = 10
MINUTES = 30


def main() -> None:
    """Measure and print, one line per stage."""
    console = Console()
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with tempfile.TemporaryDirectory() as folder:
        source, copies = Path(folder) / "conversation.wav", Path(folder) / "copies"
        write_conversation(source, minutes * 60)
        copies.mkdir()
        begun = time.perf_counter()
        for stage in render(Order(source, copies, minutes * 60.0)):
            console.print(f"{stage['stage']:10} {time.perf_counter() - begun:6.2f} s")
        sizes = ", ".join(f"{p.name} {p.stat().st_size:,}" for p in sorted(copies.iterdir()))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    console.print(f"peak memory {peak:.0f} MB; bytes: {sizes}")


def write_conversation(path: Path, seconds: int) -> None:
    """Two voices taking turns, with pauses, a different loudness each, and a little noise."""
    chance = random.Random(8)  # noqa: S311 - not a secret
    block = array("h")
    for frame in range(BLOCK_SECONDS * RATE_HZ):
        at = frame / RATE_HZ
        for voice in (_voice(at, 0.0, 4.5, 120, 1_500), _voice(at, 5.5, 9.0, 210, 6_000)):
            block.append(round(voice + chance.uniform(-20, 20)))
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE_HZ, 0, "NONE", ""))
        for _ in range(seconds // BLOCK_SECONDS):
            file.writeframes(block.tobytes())


def _voice(at: float, begin: float, end: float, hertz: float, loud: float) -> float:
    if not begin <= at < end:
        return 0.0
    syllable = abs(math.sin(2 * math.pi * 2.5 * at))
    overtones = sum(math.sin(2 * math.pi * hertz * n * at) / n for n in range(1, 9))
    return loud * syllable * overtones


if __name__ == "__main__":
    main()
