"""Fetches a recording into a file, and has the provider forget one."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse, IncompleteRead
from pathlib import Path
from typing import BinaryIO

from app.calls.recordings.provider import Provider
from app.calls.recordings.trouble import RecordingError, Trouble
from app.calls.recordings.wav import MAGIC

CHUNK_BYTES = 64 * 1024
_AUDIO_TYPES = ("audio/", "application/octet-stream", "binary/octet-stream")
_WITHIN_ONE_CHANNEL = "RecordVerb"  # the provider's word for a message: one party, one channel


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is accepted. Four hours of two channels at 8 kHz are 461 MB."""

    size: int = 512 * 1024 * 1024
    seconds: float = 300.0


def fetch(
    provider: Provider, sid: str, source: str, target: Path, limits: Limits = Limits()
) -> None:
    """Fetch a recording by its SID into `target`, both parties apart where that can be.

    The file is complete and on the disk when this returns, and not there when it raises
    RecordingError.
    """
    first = "" if source == _WITHIN_ONE_CHANNEL else "?RequestedChannels=2"
    try:
        status = _into(provider, provider.address(sid, ".wav", first), target, limits)
        if status == 400 and first:
            again = provider.address(sid, ".wav", "?RequestedChannels=1")
            status = _into(provider, again, target, limits)
        if status != 200:
            raise RecordingError(_refusal(status))
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def delete_remote(provider: Provider, sid: str) -> bool:
    """Have the provider forget a recording; returns False when it had none. May be done twice.

    Raises RecordingError.
    """
    with provider.request("DELETE", provider.address(sid, ".json"), seconds=10.0) as answer:
        if answer.status in (200, 202, 204):
            return True
        if answer.status in (404, 410):
            return False
        raise RecordingError(_refusal(answer.status))


def _into(provider: Provider, url: str, target: Path, limits: Limits) -> int:
    """The status of the answer; its body is in `target` when that is 200."""
    with provider.request("GET", url, limits.seconds) as answer:
        if answer.status == 200:
            _check_type(answer)
            _receive(answer, target, limits)
        return answer.status


def _check_type(answer: HTTPResponse) -> None:
    kind = answer.headers.get("Content-Type", "audio/x-wav").lower()
    if not kind.startswith(_AUDIO_TYPES) or "mpegurl" in kind:
        raise RecordingError(Trouble.not_audio)


def _receive(answer: HTTPResponse, target: Path, limits: Limits) -> None:
    promised = answer.headers.get("Content-Length", "")
    if promised.isdigit() and int(promised) > limits.size:
        raise RecordingError(Trouble.too_large)
    partial = target.with_name(f"{target.name}.part")
    try:
        with _on_our_disk():
            file = os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        with file:
            received = _copy(answer, file, limits.size)
            with _on_our_disk():
                file.flush()
                os.fsync(file.fileno())
        if received == 0 or (promised.isdigit() and received < int(promised)):
            raise RecordingError(Trouble.truncated)
        with _on_our_disk():
            partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _copy(answer: HTTPResponse, file: BinaryIO, limit: int) -> int:
    received = 0
    while chunk := _next_chunk(answer):
        if received == 0 and not chunk.startswith(MAGIC):
            raise RecordingError(Trouble.not_audio)
        received += len(chunk)
        if received > limit:
            raise RecordingError(Trouble.too_large)
        with _on_our_disk():
            file.write(chunk)
    return received


def _next_chunk(answer: HTTPResponse) -> bytes:
    try:
        return answer.read(CHUNK_BYTES)
    except IncompleteRead as error:
        raise RecordingError(Trouble.truncated) from error


@contextmanager
def _on_our_disk() -> Iterator[None]:
    """A failure in here is our disk's, not the network's."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise RecordingError(Trouble.no_room if full else Trouble.store_away) from error


def _refusal(status: int) -> Trouble:
    if status in (404, 410):
        return Trouble.not_ready
    if status == 429 or status >= 500:
        return Trouble.unavailable
    return Trouble.refused
