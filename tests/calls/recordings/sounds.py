"""Recorded sound made for tests: good WAV files, and every kind of bad one."""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000


def tone(seconds: float, level: float = 0.3, hertz: float = 300) -> NDArray[np.int16]:
    """A plain tone; level 0 is silence."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (np.sin(2 * np.pi * hertz * times) * level * 32767).astype(np.int16)


def talk(*parts: tuple[float, float]) -> NDArray[np.int16]:
    """Stretches of (seconds, level)."""
    return np.concatenate([tone(seconds, level) for seconds, level in parts])


def wav(*channels: NDArray[np.int16], rate_hz: int = RATE_HZ) -> bytes:
    """A good WAV file of one or two channels."""
    samples = np.stack(channels, axis=1).tobytes()
    return riff(fmt(channels=len(channels), rate_hz=rate_hz), chunk(b"data", samples))


def fmt(
    *, tag: int = 1, channels: int = 1, rate_hz: int = RATE_HZ, bits: int = 16, align: int = -1
) -> bytes:
    """A format chunk, true or not."""
    frame = channels * bits // 8 if align < 0 else align
    body = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * frame, frame, bits)
    return chunk(b"fmt ", body)


def chunk(name: bytes, body: bytes, claimed: int | None = None) -> bytes:
    """A chunk that claims a size, its own by default."""
    padding = b"\0" * (len(body) % 2)
    return name + struct.pack("<I", len(body) if claimed is None else claimed) + body + padding


def riff(*chunks: bytes, claimed: int | None = None) -> bytes:
    """A RIFF file of chunks that claims a size, its own by default."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if claimed is None else claimed) + body


def written(folder: Path, content: bytes | Iterable[bytes], name: str = "sound.wav") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else b"".join(content))
    return path
