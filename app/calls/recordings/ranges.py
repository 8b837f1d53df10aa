"""Parts of a file by HTTP (RFC 9110, section 14): what browsers ask for when somebody seeks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response, StreamingResponse

from app.blobs import BlobMissingError, BlobStore

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
HEADERS = {"Cache-Control": "no-store", "Accept-Ranges": "bytes"}


@dataclass(frozen=True, slots=True)
class Part:
    """From `start` to before `end` of a file."""

    start: int
    end: int


class UnsatisfiableError(Exception):
    """There is no such part of the file."""


def part_of(header: str, size: int) -> Part | None:
    """The part that a Range header asks for; None for the whole, as for what is not understood.

    Raises UnsatisfiableError.
    """
    asked = _RANGE.fullmatch(header.strip())
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    if start >= end:
        raise UnsatisfiableError
    return Part(start, end)


def served(files: BlobStore, key: str, header: str, media_type: str) -> Response:
    """A file, or the part of it that is asked for. 404 when it is not in the store."""
    try:
        size = files.size(key)
        part = part_of(header, size)
    except BlobMissingError:
        return Response(status_code=404, headers=HEADERS)
    except UnsatisfiableError:
        return Response(status_code=416, headers=HEADERS | {"Content-Range": f"bytes */{size}"})
    whole = part or Part(0, size)
    headers = HEADERS | {"Content-Length": str(whole.end - whole.start)}
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    body: Iterator[bytes] = files.chunks(key, whole.start, whole.end)
    return StreamingResponse(body, 206 if part else 200, headers, media_type)
