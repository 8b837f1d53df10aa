"""The verbs of those who work with recordings: listen, note, redact, hold. Each is audited."""

import math
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, update

from app.calls.recordings import service
from app.calls.recordings.models import (
    RecordingHold,
    RecordingListen,
    RecordingNote,
    RecordingRedaction,
)
from app.calls.recordings.queries import Kept
from app.people.audit import service as audit

LONGEST_TEXT = 500
SHORTEST_REASON = 2
SHORTEST_STRETCH = 0.1  # seconds


class RefusedError(Exception):
    """It cannot be done; `why` is a key of the words of recordings (`recordings.refused.<why>`)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def listen(
    connection: Connection,
    recording: Kept,
    actor: str,
    reason: str,
    at: datetime,
    *,
    reason_needed: bool,
) -> int:
    """Somebody begins to listen; returns the id that lets the player have the sound.

    Raises RefusedError: there is nothing to be played, or a reason is missing.
    """
    if not recording.can_be_played:
        raise RefusedError("not_playable")
    said = _reason(reason) if reason_needed else reason.strip()[:LONGEST_TEXT]
    listen_id: int = connection.execute(
        insert(RecordingListen)
        .values(recording_id=recording.id, actor=actor, at=at, reason=said, seconds=0.0)
        .returning(RecordingListen.id)
    ).scalar_one()
    _audit(connection, recording, actor, "listened", {"listen": listen_id}, at)
    return listen_id


def heard(connection: Connection, listen_id: int, actor: str, seconds: float) -> None:
    """How many seconds were played so far, as the player tells; it only grows."""
    if not (math.isfinite(seconds) and seconds >= 0):
        raise RefusedError("bad_place")
    connection.execute(
        update(RecordingListen)
        .where(
            RecordingListen.id == listen_id,
            RecordingListen.actor == actor,
            RecordingListen.seconds < seconds,
        )
        .values(seconds=seconds)
    )


def open_original(
    connection: Connection, recording: Kept, actor: str, reason: str, at: datetime
) -> None:
    """Somebody opens the sealed original. Raises RefusedError without one, or without a reason."""
    if not recording.has_original:
        raise RefusedError("no_original")
    detail = {"sha256": recording.sha256}
    connection.execute(
        insert(RecordingListen).values(
            recording_id=recording.id,
            actor=actor,
            at=at,
            reason=_reason(reason),
            seconds=recording.seconds or 0.0,
        )
    )
    _audit(connection, recording, actor, "original_opened", detail, at)


def add_note(
    connection: Connection, recording: Kept, seconds: float, text: str, actor: str, at: datetime
) -> int:
    """Remark something at a place of the player's time. Raises RefusedError."""
    words = text.strip()
    if not words or len(words) > LONGEST_TEXT:
        raise RefusedError("bad_text")
    note_id: int = connection.execute(
        insert(RecordingNote)
        .values(
            recording_id=recording.id,
            seconds=_place(recording, seconds),
            text=words,
            actor=actor,
            at=at,
        )
        .returning(RecordingNote.id)
    ).scalar_one()
    _audit(connection, recording, actor, "note_added", {"note": note_id}, at)
    return note_id


def delete_note(
    connection: Connection,
    recording: Kept,
    note_id: int,
    actor: str,
    at: datetime,
    *,
    others: bool = False,
) -> None:
    """Take a note back: one's own, or with `others` anybody's. Raises RefusedError."""
    theirs = RecordingNote.actor == actor
    taken = connection.execute(
        update(RecordingNote)
        .where(
            RecordingNote.id == note_id,
            RecordingNote.recording_id == recording.id,
            RecordingNote.deleted_at.is_(None),
            *(() if others else (theirs,)),
        )
        .values(deleted_at=at)
    )
    if taken.rowcount == 0:
        raise RefusedError("not_yours")
    _audit(connection, recording, actor, "note_deleted", {"note": note_id}, at)


def redact(
    connection: Connection,
    recording: Kept,
    stretch: tuple[float, float],
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """Take a stretch of the player's time out of everything that is played. Raises RefusedError.

    From this commit on nothing is played until the new copies are there; the original stays.
    """
    if not recording.has_original or recording.trim_start is None:
        raise RefusedError("no_original")
    begin, end = sorted(_place(recording, seconds) for seconds in stretch)
    if end - begin < SHORTEST_STRETCH:
        raise RefusedError("bad_place")
    redaction_id: int = connection.execute(
        insert(RecordingRedaction)
        .values(
            recording_id=recording.id,
            begin=begin,
            end=end,
            reason=_reason(reason),
            actor=actor,
            at=at,
        )
        .returning(RecordingRedaction.id)
    ).scalar_one()
    service.render_anew(connection, recording.id, at)
    detail = {"redaction": redaction_id, "begin": begin, "end": end}
    _audit(connection, recording, actor, "redacted", detail, at)
    return redaction_id


def undo_redaction(
    connection: Connection, recording: Kept, redaction_id: int, actor: str, at: datetime
) -> None:
    """Let a stretch be heard again. Raises RefusedError when it is not redacted."""
    undone = connection.execute(
        update(RecordingRedaction)
        .where(
            RecordingRedaction.id == redaction_id,
            RecordingRedaction.recording_id == recording.id,
            RecordingRedaction.undone_at.is_(None),
        )
        .values(undone_at=at, undone_by=actor)
    )
    if undone.rowcount == 0:
        raise RefusedError("not_redacted")
    service.render_anew(connection, recording.id, at)
    detail = {"redaction": redaction_id}
    _audit(connection, recording, actor, "redaction_undone", detail, at)


def hold(connection: Connection, recording: Kept, reason: str, actor: str, at: datetime) -> int:
    """Keep a recording beyond its time, until the hold is lifted. Raises RefusedError."""
    if not recording.has_original:
        raise RefusedError("no_original")
    hold_id: int = connection.execute(
        insert(RecordingHold)
        .values(recording_id=recording.id, reason=_reason(reason), actor=actor, at=at)
        .returning(RecordingHold.id)
    ).scalar_one()
    _audit(connection, recording, actor, "held", {"hold": hold_id}, at)
    return hold_id


def lift(connection: Connection, recording: Kept, hold_id: int, actor: str, at: datetime) -> None:
    """End a hold. Raises RefusedError when it does not stand."""
    lifted = connection.execute(
        update(RecordingHold)
        .where(
            RecordingHold.id == hold_id,
            RecordingHold.recording_id == recording.id,
            RecordingHold.lifted_at.is_(None),
        )
        .values(lifted_at=at, lifted_by=actor)
    )
    if lifted.rowcount == 0:
        raise RefusedError("not_held")
    _audit(connection, recording, actor, "hold_lifted", {"hold": hold_id}, at)


def _reason(text: str) -> str:
    said = text.strip()
    if len(said) < SHORTEST_REASON or len(said) > LONGEST_TEXT:
        raise RefusedError("reason_needed")
    return said


def _place(recording: Kept, seconds: float) -> float:
    if not math.isfinite(seconds) or not 0 <= seconds <= recording.played_seconds + 0.5:
        raise RefusedError("bad_place")
    return round(min(seconds, recording.played_seconds), 2)


def _audit(
    connection: Connection,
    recording: Kept,
    actor: str,
    act: str,
    detail: Mapping[str, object],
    at: datetime,
) -> None:
    audit.record(
        connection,
        actor=actor,
        act=f"recording.{act}",
        target=f"recording:{recording.sid}",
        detail=detail,
        at=at,
    )
