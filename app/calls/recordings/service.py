"""From the provider's callback to what can be played: the verbs of the work on a recording.

The row is claimed under a lease, worked on, and settled; who claims it after the lease ran out
takes it over, and the former owner's settlements change nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, case, exists, null, or_, select, update

from app.calls.facts import RecordingEvent
from app.calls.models import Recording
from app.calls.recordings.models import KeptRecording, RecordingHold, State
from app.calls.recordings.trouble import KEPT_AS_IT_CAME, Trouble, counts, wait_after
from app.calls.recordings.verify import Verified
from app.database import insert_once
from app.jobs.service import enqueue

log = structlog.get_logger()

WORK = "recording.fetch"
DELETE_REMOTE = "recording.delete_remote"
PURGE = "recording.purge"
RENDER_TRIES = 3
_BEYOND_REPAIR = KEPT_AS_IT_CAME | {Trouble.unrenderable}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A recording that is ours to work on until `busy_until`, which is also the fencing token."""

    id: int
    sid: str
    call_sid: str | None
    source: str
    state: State
    told_seconds: int | None
    told_at: datetime
    seen_sha256: str
    attempts: int
    seconds: float | None
    trim_start: float | None
    trim_end: float | None
    rendition: int
    busy_until: datetime

    @property
    def trim(self) -> tuple[float, float] | None:
        """Where its sound begins and ends, once that is known."""
        if self.trim_start is None or self.trim_end is None:
            return None
        return self.trim_start, self.trim_end


_CLAIMED = tuple(Claimed.__slots__)


def expect(connection: Connection, event: RecordingEvent) -> None:
    """The hook for recordings: one that is complete is to be fetched.

    Told again, it is the same recording, and nothing is done.
    """
    if event.status != "completed":
        return
    at = connection.execute(select(Recording.at).where(Recording.sid == event.sid)).scalar_one()
    is_new = insert_once(
        connection,
        KeptRecording,
        sid=event.sid,
        call_sid=event.call_sid or None,
        conference_sid=event.conference_sid or None,
        source=event.source,
        told_seconds=event.seconds,
        told_channels=event.channels,
        told_at=at,
        state=State.awaited,
        next_try_at=at,
    )
    if is_new:
        _wake(connection, event.sid, at)


def begin_anew(connection: Connection, sid: str, at: datetime) -> bool:
    """Fetch a recording from the start that was never obtained; False when it is not such a one."""
    begun = connection.execute(
        update(KeptRecording)
        .where(
            KeptRecording.sid == sid,
            KeptRecording.state.in_((State.awaited, State.failed, State.unplayable)),
            KeptRecording.remote == "kept",
        )
        .values(state=State.awaited, attempts=0, trouble="", next_try_at=at, busy_until=None)
    )
    if begun.rowcount == 1:
        _wake(connection, sid, at)
    return begun.rowcount == 1


def render_anew(connection: Connection, recording_id: int, at: datetime) -> None:
    """Ask for new copies for the player; until they are there, nothing is played."""
    sid = connection.execute(
        update(KeptRecording)
        .where(KeptRecording.id == recording_id)
        .values(rendition=KeptRecording.rendition + 1, next_try_at=at, attempts=0)
        .returning(KeptRecording.sid)
    ).scalar_one()
    _wake(connection, sid, at)


def claim(
    connection: Connection, at: datetime, lease: Callable[[int | None], timedelta]
) -> Claimed | None:
    """The recording that has been due for longest; None when nothing is due.

    It is leased for as long as one of its length (in seconds, as told) may take.
    """
    free = or_(KeptRecording.busy_until.is_(None), KeptRecording.busy_until <= at)
    due = (
        select(KeptRecording.id, KeptRecording.told_seconds)
        .where(KeptRecording.next_try_at <= at, free)
        .order_by(KeptRecording.next_try_at, KeptRecording.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(due).one_or_none()
    if found is None:
        return None
    columns = [getattr(KeptRecording, name) for name in _CLAIMED]
    row = connection.execute(
        update(KeptRecording)
        .where(KeptRecording.id == found.id)
        .values(busy_until=at + lease(found.told_seconds))
        .returning(*columns)
    ).one()
    return Claimed(**row._asdict())


def stored(
    connection: Connection, mine: Claimed, verified: Verified, at: datetime, grace: timedelta
) -> bool:
    """The original is verified and in our store. False when the lease was lost.

    The provider's copy may go after `grace`, when ours will have been verified once more.
    """
    facts = verified.facts
    if not _settle(
        connection,
        mine,
        state=State.stored,
        sha256=verified.sha256,
        size=verified.size,
        seconds=facts.seconds,
        channels=facts.channels,
        rate_hz=facts.rate_hz,
        encoding=facts.encoding,
        explained=verified.explained,
        trouble="",
        attempts=0,
        stored_at=at,
    ):
        return False
    due = at + grace
    enqueue(connection, DELETE_REMOTE, f"{DELETE_REMOTE}:{mine.sid}", {"sid": mine.sid}, due)
    log.info("recording.stored", recording=mine.sid, seconds=round(facts.seconds))
    return True


def lost(connection: Connection, mine: Claimed, at: datetime) -> None:
    """Our original is not what it was. It is fetched again, unless the provider has it no more."""
    remote = connection.execute(
        select(KeptRecording.remote).where(KeptRecording.id == mine.id)
    ).scalar_one()
    again = remote == "kept"
    _settle(
        connection,
        mine,
        state=State.awaited if again else State.failed,
        trouble=Trouble.altered,
        attempts=0,
        next_try_at=at if again else None,
        busy_until=None,
    )
    log.error("recording.altered", recording=mine.sid, fetched_again=again)


def retain(connection: Connection, recording_id: int, retention: str, until: datetime) -> None:
    """Keep a recording until an instant, as one of a class."""
    connection.execute(
        update(KeptRecording)
        .where(KeptRecording.id == recording_id)
        .values(retention=retention, expires_at=until)
    )


def measured(
    connection: Connection, mine: Claimed, trim: tuple[float, float], *, silent: bool
) -> bool:
    """Where the sound begins and ends; this never changes, for notes are counted from there."""
    return _settle(connection, mine, trim_start=trim[0], trim_end=trim[1], silent=silent)


def playable(connection: Connection, mine: Claimed, at: datetime) -> bool:
    """The copies of the claimed rendition can be played."""
    return _settle(
        connection,
        mine,
        state=State.playable,
        played_rendition=mine.rendition,
        playable_at=at,
        trouble="",
    )


def finish(connection: Connection, mine: Claimed) -> bool:
    """The work is done, unless another rendition has been asked for meanwhile."""
    up_to_date = KeptRecording.rendition == mine.rendition
    return _settle(
        connection,
        mine,
        next_try_at=case((up_to_date, null()), else_=KeptRecording.next_try_at),
        attempts=0,
        busy_until=None,
    )


def failed_try(
    connection: Connection, mine: Claimed, trouble: Trouble, at: datetime, seen_sha256: str = ""
) -> State:
    """A try failed: another is planned, or it was the last. Returns the state it is in now."""
    attempts = mine.attempts + counts(trouble)
    tried_enough = trouble is Trouble.unrenderable and attempts >= RENDER_TRIES
    wait = None if tried_enough else wait_after(trouble, attempts)
    changes: dict[str, Any] = {"trouble": trouble, "attempts": attempts, "busy_until": None}
    if seen_sha256:
        changes["seen_sha256"] = seen_sha256
    if wait is None:
        state = State.unplayable if trouble in _BEYOND_REPAIR else State.failed
        changes |= {"state": state, "next_try_at": None}
    else:
        state = mine.state
        changes["next_try_at"] = at + wait
    if not _settle(connection, mine, **changes):
        return mine.state
    if wait is not None:
        _wake(connection, mine.sid, at + wait)
    log.warning("recording.trouble", recording=mine.sid, trouble=trouble, state=state)
    return state


def kept_as_it_came(connection: Connection, sid: str, sha256: str, size: int) -> None:
    """A file without usable sound is in our store, for whoever can make something of it."""
    connection.execute(
        update(KeptRecording).where(KeptRecording.sid == sid).values(sha256=sha256, size=size)
    )


def remote_is(connection: Connection, sid: str, remote: str) -> None:
    """What became of the provider's copy: `deleted`, or `gone` before we asked."""
    connection.execute(update(KeptRecording).where(KeptRecording.sid == sid).values(remote=remote))


def expire(connection: Connection, recording_id: int, at: datetime) -> bool:
    """A recording's time is up: nobody hears it any more, and its files are to be deleted.

    What was known of it remains, its fingerprint included. False when it is held after all.
    """
    held = exists().where(
        RecordingHold.recording_id == KeptRecording.id, RecordingHold.lifted_at.is_(None)
    )
    sid = connection.execute(
        update(KeptRecording)
        .where(KeptRecording.id == recording_id, KeptRecording.state != State.expired, ~held)
        .values(
            state=State.expired,
            expired_at=at,
            expires_at=None,
            next_try_at=None,
            busy_until=None,
            played_rendition=None,
        )
        .returning(KeptRecording.sid)
    ).scalar_one_or_none()
    if sid is None:
        return False
    enqueue(connection, PURGE, f"{PURGE}:{sid}", {"sid": sid}, at)
    enqueue(connection, DELETE_REMOTE, f"{DELETE_REMOTE}:{sid}:expired", {"sid": sid}, at)
    return True


def _settle(connection: Connection, mine: Claimed, **changes: Any) -> bool:
    values: Mapping[str, Any] = changes
    result = connection.execute(
        update(KeptRecording)
        .where(KeptRecording.id == mine.id, KeptRecording.busy_until == mine.busy_until)
        .values(**values)
    )
    return result.rowcount == 1


def _wake(connection: Connection, sid: str, due: datetime) -> None:
    """See that somebody looks when a recording is due; asked for twice, it is looked at once."""
    enqueue(connection, WORK, f"{WORK}:{sid}:{due.timestamp():.3f}", {"sid": sid}, due)
