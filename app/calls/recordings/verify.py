"""Whether a fetched file is the recording that was told of."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.calls.recordings.trouble import RecordingError, Trouble
from app.calls.recordings.wav import WavFacts, inspect

TOLERANCE_SECONDS = 0.5
# Providers count whole seconds, and not all of them round: a fraction may have been cut or added.
_WHOLE_SECONDS = 1.0
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """A file that may be stored. `explained` says why another length than told is accepted."""

    sha256: str
    size: int
    facts: WavFacts
    explained: str = ""


class OddLengthError(RecordingError):
    """The file is whole in itself but not as long as told; the same bytes once more are believed.

    Raised for what may be a half-developed recording as well as for a trimmed one: only the
    provider's second answer tells them apart.
    """

    def __init__(self, sha256: str) -> None:
        super().__init__(Trouble.odd_length)
        self.sha256 = sha256


def verify(path: Path, told_seconds: int | None, seen_sha256: str = "") -> Verified:
    """The file's facts and fingerprint; `seen_sha256` is that of a file refused for its length.

    Raises RecordingError, or OddLengthError for one that must come so twice.
    """
    facts = inspect(path)
    sha256 = sha256_of(path)
    size = path.stat().st_size
    explained = _length_of(facts, told_seconds)
    if explained is None:
        if sha256 != seen_sha256:
            raise OddLengthError(sha256)
        explained = f"{told_seconds} s were told, {facts.seconds:.1f} s came, twice the same"
    return Verified(sha256, size, facts, explained)


def sha256_of(path: Path) -> str:
    """The fingerprint of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _length_of(facts: WavFacts, told: int | None) -> str | None:
    """Empty when the length agrees, an explanation, or None when it needs one."""
    if told is None:
        return "the provider told no length"
    difference = abs(facts.seconds - told)
    if difference <= TOLERANCE_SECONDS:
        return "its header does not say its length" if facts.open_ended else ""
    if facts.open_ended:
        raise RecordingError(Trouble.truncated)
    if difference <= _WHOLE_SECONDS:
        return f"whole seconds were told ({told})"
    return None
