"""What can go wrong with a recording, and when it is tried again: ten tries within 24 hours."""

from datetime import timedelta
from enum import StrEnum


class Trouble(StrEnum):
    """Why a try failed."""

    not_ready = "not_ready"  # 404: not yet developed, or deleted
    refused = "refused"  # 401, 403 and other refusals: our credentials or our account
    unavailable = "unavailable"  # no connection, 429, 5xx
    forbidden_address = "forbidden_address"  # a private address where none was configured
    redirected = "redirected"  # sent to another host
    too_large = "too_large"
    too_slow = "too_slow"
    truncated = "truncated"  # less than the header or the answer promised
    not_audio = "not_audio"  # an error page in XML, HTML or JSON, a playlist, something else
    odd_length = "odd_length"  # whole in itself, but not as long as was told
    empty = "empty"  # no sound at all: 0 s
    malformed = "malformed"  # a header that cannot be true, such as 0 channels
    unsupported = "unsupported"  # a WAV whose encoding we do not play
    no_room = "no_room"  # our own disk or bucket is full
    store_away = "store_away"  # our own store failed
    altered = "altered"  # what we stored is not what we put there
    unrenderable = "unrenderable"  # the player's copies could not be made


class RecordingError(Exception):
    """A try failed; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


# Not the recording's fault: tried until there is room or the store is back, never given up.
OURS = frozenset({Trouble.no_room, Trouble.store_away})
OURS_AGAIN = timedelta(minutes=10)

# Whole files without usable sound: kept as they came once they have come so to the last.
KEPT_AS_IT_CAME = frozenset({Trouble.empty, Trouble.malformed, Trouble.unsupported})

_MINUTE, _HOUR = 60, 3600
_WAITS = (20, _MINUTE, 3 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE)
_LONG_WAITS = (_HOUR, 3 * _HOUR, 7 * _HOUR, 12 * _HOUR)
WAITS = tuple(timedelta(seconds=wait) for wait in (*_WAITS, *_LONG_WAITS))
TRIES = len(WAITS) + 1


def wait_after(trouble: Trouble, attempts: int) -> timedelta | None:
    """How long to wait after so many failed tries (1 after the first); None: give up."""
    if trouble in OURS:
        return OURS_AGAIN
    if trouble is Trouble.too_large:
        return None  # it will not shrink
    return WAITS[attempts - 1] if attempts < TRIES else None


def counts(trouble: Trouble) -> bool:
    """Whether a try that failed so is one of the ten."""
    return trouble not in OURS
