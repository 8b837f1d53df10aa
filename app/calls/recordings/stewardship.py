"""Redaction, legal hold and the sealed original: for those who answer for recordings."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.calls.recordings import review, store
from app.calls.recordings.gate import opened, said
from app.calls.recordings.queries import Kept
from app.calls.recordings.ranges import served
from app.calls.recordings.review import RefusedError
from app.calls.recordings.routes import Seconds, Text, marked
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.web.access import HoldRecordings, RedactRecordings
from app.web.pages import language_of
from app.web.site import site_of
from app.web.words import all_words

router = APIRouter(prefix="/console/recordings/{sid}", include_in_schema=False)

Act = Callable[[Connection, Kept, datetime], object]


@router.post("/redactions")
def redact(
    request: Request,
    visitor: RedactRecordings,
    sid: str,
    begin: Seconds,
    end: Seconds,
    reason: Text = "",
) -> Response:
    """Let nobody hear a stretch any more; the original keeps it, sealed."""

    def act(connection: Connection, recording: Kept, at: datetime) -> None:
        review.redact(connection, recording, (begin, end), reason, visitor.actor, at)

    _do(request, visitor, sid, Right.recordings_redact, act)
    return marked(request, visitor, sid, _say(request, visitor, "redacted"), whole=True)


@router.post("/redactions/{redaction_id}/undo")
def undo(request: Request, visitor: RedactRecordings, sid: str, redaction_id: int) -> Response:
    """Let a stretch be heard again."""

    def act(connection: Connection, recording: Kept, at: datetime) -> None:
        review.undo_redaction(connection, recording, redaction_id, visitor.actor, at)

    _do(request, visitor, sid, Right.recordings_redact, act)
    return marked(request, visitor, sid, _say(request, visitor, "redaction_undone"), whole=True)


@router.post("/holds")
def hold(request: Request, visitor: HoldRecordings, sid: str, reason: Text = "") -> Response:
    """Keep the recording until the hold is lifted."""

    def act(connection: Connection, recording: Kept, at: datetime) -> None:
        review.hold(connection, recording, reason, visitor.actor, at)

    _do(request, visitor, sid, Right.recordings_hold, act)
    return marked(request, visitor, sid, _say(request, visitor, "held"))


@router.post("/holds/{hold_id}/lift")
def lift(request: Request, visitor: HoldRecordings, sid: str, hold_id: int) -> Response:
    """End a hold."""

    def act(connection: Connection, recording: Kept, at: datetime) -> None:
        review.lift(connection, recording, hold_id, visitor.actor, at)

    _do(request, visitor, sid, Right.recordings_hold, act)
    return marked(request, visitor, sid, _say(request, visitor, "lifted"))


@router.post("/original")
def original(request: Request, visitor: RedactRecordings, sid: str, reason: Text = "") -> Response:
    """The sealed original as it came, nothing redacted; the audit says who opened it."""

    def act(connection: Connection, recording: Kept, at: datetime) -> None:
        review.open_original(connection, recording, visitor.actor, reason, at)

    _do(request, visitor, sid, Right.recordings_redact, act)
    files = store.recordings_store(site_of(request).settings)
    answer = served(files, store.original(sid), "", "audio/x-wav")
    answer.headers["Content-Disposition"] = f'attachment; filename="{sid}.wav"'
    return answer


def _do(request: Request, visitor: Visitor, sid: str, right: Right, act: Act) -> None:
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            act(connection, opened(connection, visitor, sid, right).recording, site.clock.now())
    except RefusedError as error:
        raise said(request, visitor, error) from error
    site.wake_jobs()


def _say(request: Request, visitor: Visitor, done: str) -> str:
    return all_words().say(f"recordings.done.{done}", language_of(request, visitor))
