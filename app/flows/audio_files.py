"""Sound files of prompts: 8 kHz, mono, 16 bit WAV, which say in themselves what is heard in them.

`hotline flows audio` makes such a file of any other. The words stand in the file as its comment
(the chunk LIST/INFO/ICMT of the RIFF format), so that nobody plays a recording whose text has
changed. Pure: a file is its bytes.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

RATE_HZ = 8000
LONGEST_SECONDS = 120
LARGEST_BYTES = 44 + LONGEST_SECONDS * RATE_HZ * 2 + 16 * 1024
_PCM, _MONO, _BITS = 1, 1, 16


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A file that can be played; `words` are empty when it does not say what is heard in it."""

    sha256: str
    seconds: float
    words: str = ""


def read_audio(data: bytes) -> AudioFile:
    """What a file holds. Raises ValueError with a sentence for one that cannot be played."""
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"it has {len(data):,} bytes; at most {LARGEST_BYTES:,} are played")
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("it is not a WAV file")
    chunks = dict(_chunks(data))
    if len(chunks.get(b"fmt ", b"")) < 16 or b"data" not in chunks:
        raise ValueError("it is cut off, or holds no sound")
    kind, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", chunks[b"fmt "][:16])
    if (kind, channels, rate_hz, bits) != (_PCM, _MONO, RATE_HZ, _BITS):
        raise ValueError("it is not 8 kHz, mono, 16 bit")
    seconds = len(chunks[b"data"]) / (RATE_HZ * 2)
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"it lasts {seconds:.0f} s; a prompt lasts up to {LONGEST_SECONDS} s")
    return AudioFile(hashlib.sha256(data).hexdigest(), seconds, _words(chunks.get(b"LIST", b"")))


def _chunks(data: bytes, start: int = 12) -> Iterator[tuple[bytes, bytes]]:
    while start + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, start)
        yield name, data[start + 8 : start + 8 + size]
        start += 8 + size + size % 2


def _words(chunk: bytes) -> str:
    if chunk[:4] != b"INFO":
        return ""
    comment = dict(_chunks(chunk, 4)).get(b"ICMT", b"")
    return comment.rstrip(b"\0").decode("utf-8", "replace").strip()
