"""Callbacks about calls, recordings and conferences: any order, any number of times, never lost."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, select, update

from app.calls.breaker import DATABASE_SECONDS
from app.calls.facts import (
    ACCEPTED,
    CANARY,
    CallEnded,
    CallOrigin,
    ConferenceEvent,
    RecordingEvent,
    StatusEvent,
)
from app.calls.items import acceptance_item, conference_item, recording_item, status_item
from app.calls.journal import DatabaseAwayError
from app.calls.lanes import Lane
from app.calls.models import Call, Recording
from app.calls.spool import Item, Spool
from app.calls.wiring import Wiring
from app.calls.writes import CallSeen, add_event, ensure_call
from app.clock import Clock
from app.database import insert_once

log = structlog.get_logger()

# A status never gives way to one of a lower or equal rank: final states are final.
STATUS_RANK = {
    "queued": 0,
    "initiated": 1,
    "ringing": 2,
    "in-progress": 3,
    "completed": 4,
    "busy": 4,
    "no-answer": 4,
    "failed": 4,
    "canceled": 4,
}
FINAL_RANK = 4
RECORDING_RANK = {"in-progress": 0, "completed": 1, "absent": 1, "failed": 1}


def log_status(connection: Connection, event: StatusEvent, at: datetime, wiring: Wiring) -> None:
    """Log a status and, the first time a call is final, tell the hooks."""
    origin = event.origin
    rank = STATUS_RANK.get(event.status)
    if rank is None:
        log.warning("call.unknown_status", call=origin.sid, status=event.status)
        return
    ensure_call(
        connection,
        CallSeen(
            origin.sid,
            origin.direction,
            origin.caller,
            origin.called,
            at,
            origin.parent_sid or None,
        ),
    )
    sequence = "" if event.sequence is None else event.sequence
    is_canary = origin.direction == CANARY
    add_event(
        connection,
        {
            "call_sid": origin.sid,
            "key": f"status:{sequence}:{event.status}",
            "kind": "status",
            "at": at,
            "detail": json.dumps({"status": event.status, "seconds": event.seconds}),
        },
    )
    if _raise_status(connection, event, rank, at) and rank == FINAL_RANK:
        ended = CallEnded(origin.sid, event.status, at, event.leg, is_canary)
        for hook in wiring.call_ended:
            hook(connection, ended)


def _raise_status(connection: Connection, event: StatusEvent, rank: int, at: datetime) -> bool:
    changes: dict[str, object] = {"status": event.status, "status_rank": rank}
    if rank == FINAL_RANK:
        changes.update(ended_at=at, seconds=event.seconds)
    result = connection.execute(
        update(Call).where(Call.sid == event.origin.sid, Call.status_rank < rank).values(**changes)
    )
    return result.rowcount == 1


def log_acceptance(
    connection: Connection, origin: CallOrigin, at: datetime, wiring: Wiring
) -> bool:
    """Log that somebody whom a call dialled has accepted it: the caller was reached by a person.

    What a dialled leg says of itself is not enough: a voicemail answers too. Returns False when
    somebody else has the caller.
    """
    if not all(accept(connection, origin, at) for accept in wiring.acceptance):
        return False
    known = connection.execute(select(Call.id).where(Call.sid == origin.parent_sid)).first()
    if known is None:
        log.info("call.accepted_unknown", call=origin.parent_sid)
        return True
    event = {"call_sid": origin.parent_sid, "key": f"accepted:{origin.sid}", "kind": ACCEPTED}
    if add_event(connection, event | {"at": at}):
        for hook in wiring.accepted:
            hook(connection, origin, at)
    return True


def log_recording(
    connection: Connection, event: RecordingEvent, at: datetime, wiring: Wiring
) -> None:
    """Keep what is known of a recording; a late `in-progress` never undoes `completed`."""
    values = {
        "sid": event.sid,
        "call_sid": event.call_sid or None,
        "conference_sid": event.conference_sid or None,
        "status": event.status,
        "seconds": event.seconds,
        "channels": event.channels,
        "source": event.source,
        "at": at,
    }
    known = connection.execute(
        select(Recording.status).where(Recording.sid == event.sid)
    ).scalar_one_or_none()
    if known is None:
        insert_once(connection, Recording, **values)
    elif RECORDING_RANK.get(event.status, 0) > RECORDING_RANK.get(known, 0):
        connection.execute(update(Recording).where(Recording.sid == event.sid).values(**values))
    for hook in wiring.recording:
        hook(connection, event)


def log_conference(
    connection: Connection, event: ConferenceEvent, _at: datetime, wiring: Wiring
) -> None:
    """Tell the hooks of a conference event; they keep it."""
    for hook in wiring.conference:
        hook(connection, event)


class Callbacks:
    """Writes callbacks through the journal, or into the spool while the database is away."""

    def __init__(self, journal: Lane, spool: Spool, wiring: Wiring, clock: Clock) -> None:
        self._journal = journal
        self._spool = spool
        self._wiring = wiring
        self._clock = clock

    async def status(self, event: StatusEvent) -> None:
        """Log the progress of a call leg. Raises OSError when even the spool fails."""
        at = self._clock.now()
        await self._keep(
            partial(log_status, event=event, at=at, wiring=self._wiring), status_item(event, at)
        )

    async def accepted(self, origin: CallOrigin) -> bool:
        """Log that somebody accepted a call; False when somebody else has the caller.

        They are connected even if that cannot be kept.
        """
        at = self._clock.now()
        work = partial(log_acceptance, origin=origin, at=at, wiring=self._wiring)
        try:
            return await self._journal.do(work, within=DATABASE_SECONDS)
        except DatabaseAwayError:
            await self._spool_acceptance(origin, at)
        return True

    async def _spool_acceptance(self, origin: CallOrigin, at: datetime) -> None:
        try:
            await self._spool.keep(acceptance_item(origin, at))
        except OSError as error:
            log.error("call.acceptance_lost", call=origin.sid, error=type(error).__name__)

    async def recording(self, event: RecordingEvent) -> None:
        """Log the progress of a recording. Raises OSError when even the spool fails."""
        at = self._clock.now()
        await self._keep(
            partial(log_recording, event=event, at=at, wiring=self._wiring),
            recording_item(event, at),
        )

    async def conference(self, event: ConferenceEvent) -> None:
        """Log an event of a conference. Raises OSError when even the spool fails."""
        at = self._clock.now()
        await self._keep(
            partial(log_conference, event=event, _at=at, wiring=self._wiring),
            conference_item(event, at),
        )

    async def _keep(self, work: Callable[[Connection], None], item: Item) -> None:
        try:
            await self._journal.do(work, within=DATABASE_SECONDS)
        except DatabaseAwayError:
            await self._spool.keep(item)
