"""JPEG without what it tells of the person who took it (place, time, telephone). Pure.

The segments APP1 (Exif, XMP), APP13 (IPTC) and comments are dropped; which side is up is said
again in a segment of our own.
"""

import struct
from collections.abc import Iterator

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_EXIF, _IPTC, _COMMENT = 0xE1, 0xED, 0xFE
_DROPPED = {_EXIF, _IPTC, _COMMENT, *range(0xE3, 0xED), 0xEF}  # makers' own segments as well
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_EXIF_BEGINS = b"Exif\0\0"
_ORIENTATION, _SHORT = 0x0112, 3
_UPRIGHT = 1


class BrokenJpegError(Exception):
    """The bytes begin as a JPEG and do not go on as one."""


def without_metadata(data: bytes) -> bytes:
    """The same picture, nothing else. Raises BrokenJpegError."""
    kept = [data[:2]]
    orientation = _UPRIGHT
    for marker, segment in _segments(data):
        if marker == _EXIF and segment[4:].startswith(_EXIF_BEGINS):
            orientation = _orientation(segment[10:])
        if marker not in _DROPPED:
            kept.append(segment)
    if orientation != _UPRIGHT:
        kept.insert(1, _turned(orientation))
    return b"".join(kept)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments after the start; from the first scan on, all the rest is one."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            raise BrokenJpegError("a segment does not begin with FF")
        marker = data[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        if marker == _SCAN:
            yield marker, _picture(data, place)
            return
        end = place + 2
        if marker not in _STANDALONE:
            (length,) = struct.unpack_from(">H", data, place + 2)
            end = place + 2 + length
        if end > len(data):
            raise BrokenJpegError("a segment is cut short")
        yield marker, data[place:end]
        place = end
    raise BrokenJpegError("there is no picture in it")


def _picture(data: bytes, place: int) -> bytes:
    """From the first scan to the end of the picture; what was hung on behind it is left away."""
    end = data.rfind(bytes((0xFF, _END)))
    if end < place:
        raise BrokenJpegError("the picture is cut short")
    return data[place : end + 2]


def _orientation(tiff: bytes) -> int:
    """Which side is up, 1 to 8; 1 (upright) when the tags cannot be read."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for index in range(count):
            tag, kind = struct.unpack_from(f"{order}HH", tiff, directory + 2 + 12 * index)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                (value,) = struct.unpack_from(f"{order}H", tiff, directory + 10 + 12 * index)
                return int(value) if 1 <= value <= 8 else _UPRIGHT
    except (KeyError, struct.error):
        return _UPRIGHT
    return _UPRIGHT


def _turned(orientation: int) -> bytes:
    """An Exif segment that says which side is up and nothing more."""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    body = _EXIF_BEGINS + tiff
    return bytes((0xFF, _EXIF)) + struct.pack(">H", len(body) + 2) + body
