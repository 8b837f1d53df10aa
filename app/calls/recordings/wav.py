"""What a file that claims to be a WAV really is: structure, encoding, length.

Sources: the RIFF/WAVE format (Microsoft, 1994; WAVEFORMATEXTENSIBLE, 2001). Nothing is decoded.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.calls.recordings.trouble import RecordingError, Trouble

MAGIC = b"RIFF"
_EXTENSIBLE = 0xFFFE
_OPEN_ENDED = frozenset({0, 0x7FFFFFFF, 0xFFFFFFFF})  # written by encoders that could not go back
_ENCODINGS = {
    (1, 8): "pcm_u8",
    (1, 16): "pcm_s16",
    (1, 24): "pcm_s24",
    (1, 32): "pcm_s32",
    (3, 32): "float",
    (6, 8): "alaw",
    (7, 8): "mulaw",
}
# The rates for which there is an MP3 (MPEG 1, 2 and 2.5).
_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000})
_CHANNELS = frozenset({1, 2})


@dataclass(frozen=True, slots=True)
class WavFacts:
    """What a WAV file holds. `open_ended`: its header does not say how long it is."""

    channels: int
    rate_hz: int
    encoding: str
    frames: int
    open_ended: bool

    @property
    def seconds(self) -> float:
        """The length of the sound."""
        return self.frames / self.rate_hz


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    frame_bytes: int
    bits: int


def inspect(path: Path) -> WavFacts:
    """The facts of a WAV file.

    Raises RecordingError: `not_audio` when it is no WAV, `truncated` when it is shorter than its
    header says, `malformed`, `unsupported`, or `empty`.
    """
    with path.open("rb") as file:
        length = path.stat().st_size
        _check_riff(file, length)
        form: _Format | None = None
        for name, start, size in _chunks(file):
            if name == b"fmt ":
                form = _read_format(file.read(min(size, 40)))
            elif name == b"data":
                return _facts(form, length - start, size)
            file.seek(start + size + size % 2)
    # A file that ends before its sound begins was cut; one that never had any is malformed.
    raise RecordingError(Trouble.truncated if length < 44 else Trouble.malformed)


def _check_riff(file: BinaryIO, length: int) -> None:
    head = file.read(12)
    if len(head) < 12 or head[:4] != MAGIC or head[8:] != b"WAVE":
        raise RecordingError(Trouble.not_audio)
    (claimed,) = struct.unpack("<I", head[4:8])
    if claimed not in _OPEN_ENDED and claimed + 8 > length + 1:  # a last padding byte may lack
        raise RecordingError(Trouble.truncated)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and claimed size of each chunk; the reader goes on from where the file stands."""
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        yield name, file.tell(), size


def _read_format(body: bytes) -> _Format:
    if len(body) < 16:
        raise RecordingError(Trouble.malformed)
    tag, channels, rate_hz, _, frame_bytes, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == _EXTENSIBLE and len(body) >= 26:
        (tag,) = struct.unpack("<H", body[24:26])
    form = _Format(tag, channels, rate_hz, frame_bytes, bits)
    if channels == 0 or rate_hz == 0 or frame_bytes == 0:
        raise RecordingError(Trouble.malformed)
    if (tag, bits) in _ENCODINGS and frame_bytes != channels * bits // 8:
        raise RecordingError(Trouble.malformed)
    return form


def _facts(form: _Format | None, there: int, claimed: int) -> WavFacts:
    if form is None:
        raise RecordingError(Trouble.malformed)
    encoding = _ENCODINGS.get((form.tag, form.bits))
    if encoding is None or form.rate_hz not in _RATES or form.channels not in _CHANNELS:
        raise RecordingError(Trouble.unsupported)
    open_ended = claimed in _OPEN_ENDED and there > 0
    if claimed > there and not open_ended:
        raise RecordingError(Trouble.truncated)
    frames = (there if open_ended else claimed) // form.frame_bytes
    if frames == 0:
        raise RecordingError(Trouble.empty)
    return WavFacts(form.channels, form.rate_hz, encoding, frames, open_ended)
