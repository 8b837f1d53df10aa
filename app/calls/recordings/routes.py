"""The player: its page, the sound, the waveform, and notes at a place.

Sound is served only to somebody who has said that they listen, and why where that is needed: each
listening is a row and an act in the audit.
"""

from collections.abc import Iterable
from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection

from app.blobs import BlobMissingError
from app.calls.recordings import queries, review, store
from app.calls.recordings.gate import Opened, opened, said
from app.calls.recordings.matters import hearing
from app.calls.recordings.ranges import HEADERS, served
from app.calls.recordings.review import RefusedError
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.staff.queries import names_of
from app.tickets.changes import staff_of
from app.web.access import ListenRecordings, ListenRecordingsPassively
from app.web.pages import render
from app.web.problems import ProblemError, toast
from app.web.site import site_of

router = APIRouter(prefix="/console/recordings/{sid}", include_in_schema=False)

Text = Annotated[str, Form(max_length=1_000)]
Seconds = Annotated[float, Form(ge=0, le=86_400)]


class Mark(Protocol):
    """Whatever somebody left at a recording."""

    @property
    def actor(self) -> str:
        """Who."""


VIEWS = {"mix": store.MIX, "caller": "caller.mp3", "staff": "staff.mp3"}


@router.get("")
def page(request: Request, visitor: ListenRecordings, sid: str) -> Response:
    """The player on a page of its own."""
    return _player(request, visitor, sid, "recordings/page.html")


@router.get("/player")
def player(request: Request, visitor: ListenRecordingsPassively, sid: str) -> Response:
    """The player as a part of another page, which fetches it by itself.

    Of a recording that the call log knows, and that was not kept, or was only silence, it says so.
    """
    with site_of(request).database.reading() as connection:
        if queries.was_not_kept(connection, sid):
            is_silent = queries.is_absent(connection, sid)
            return render(request, "recordings/not_kept.html", visitor=visitor, is_silent=is_silent)
    return _player(request, visitor, sid, "recordings/player.html")


@router.get("/marks")
def marks(request: Request, visitor: ListenRecordings, sid: str) -> Response:
    """Notes, redactions, holds and listenings, beneath the waveform."""
    return _player(request, visitor, sid, "recordings/marks.html")


@router.post("/listens")
def listen(request: Request, visitor: ListenRecordings, sid: str, reason: Text = "") -> Response:
    """Begin to listen: where the sound is, for the one who said so."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            found = opened(connection, visitor, sid)
            listen_id = review.listen(
                connection,
                found.recording,
                visitor.actor,
                reason,
                site.clock.now(),
                reason_needed=found.hearing.reason_needed,
            )
    except RefusedError as error:
        raise said(request, visitor, error) from error
    base = f"/console/recordings/{sid}"
    views = VIEWS if found.recording.has_sides else {"mix": store.MIX}
    sound = {view: f"{base}/audio/{view}?listen={listen_id}" for view in views}
    return JSONResponse({"heard": f"{base}/listens/{listen_id}", "sound": sound})


@router.post("/listens/{listen_id}")
def heard(
    request: Request, visitor: ListenRecordings, sid: str, listen_id: int, seconds: Seconds
) -> Response:
    """How many seconds have been played so far."""
    with site_of(request).database.writing() as connection:
        opened(connection, visitor, sid)
        review.heard(connection, listen_id, visitor.actor, seconds)
    return Response(status_code=204)


@router.get("/audio/{view}")
def audio(
    request: Request, visitor: ListenRecordings, sid: str, view: str, listen: int
) -> Response:
    """The sound, or the part of it that a Range header asks for."""
    site = site_of(request)
    with site.database.reading() as connection:
        recording = opened(connection, visitor, sid).recording
        is_listening = queries.is_listening(
            connection, listen, recording.id, visitor.actor, site.clock.now()
        )
    if not is_listening:
        raise ProblemError(403)
    if view not in VIEWS or not recording.can_be_played:
        raise ProblemError(404)
    key = store.player(sid, recording.rendition, VIEWS[view])
    files = store.recordings_store(site.settings)
    return served(files, key, request.headers.get("range", ""), "audio/mpeg")


@router.get("/peaks")
def peaks(request: Request, visitor: ListenRecordings, sid: str) -> Response:
    """The waveform, the pauses and the redacted stretches, as JSON."""
    site = site_of(request)
    with site.database.reading() as connection:
        recording = opened(connection, visitor, sid).recording
    if not recording.can_be_played:
        raise ProblemError(404)
    key = store.player(sid, recording.rendition, store.PEAKS)
    try:
        drawn = store.recordings_store(site.settings).open(key)
    except BlobMissingError as error:
        raise ProblemError(404) from error
    return Response(drawn, media_type="application/json", headers=HEADERS)


@router.post("/notes")
def add_note(
    request: Request, visitor: ListenRecordings, sid: str, seconds: Seconds, text: Text = ""
) -> Response:
    """Remark something at a place."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            recording = opened(connection, visitor, sid).recording
            at = site.clock.now()
            review.add_note(connection, recording, seconds, text, visitor.actor, at)
    except RefusedError as error:
        raise said(request, visitor, error) from error
    return marked(request, visitor, sid)


@router.post("/notes/{note_id}/delete")
def delete_note(request: Request, visitor: ListenRecordings, sid: str, note_id: int) -> Response:
    """Take a note back: one's own, or anybody's for those who may redact there."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            found = opened(connection, visitor, sid)
            review.delete_note(
                connection,
                found.recording,
                note_id,
                visitor.actor,
                site.clock.now(),
                others=_may(visitor, found, Right.recordings_redact),
            )
    except RefusedError as error:
        raise said(request, visitor, error) from error
    return marked(request, visitor, sid)


def marked(
    request: Request, visitor: Visitor, sid: str, done: str = "", *, whole: bool = False
) -> Response:
    """The marks (or the whole player) anew for htmx, or the page for a browser without scripts."""
    if not request.headers.get("hx-request"):
        return RedirectResponse(f"/console/recordings/{sid}", 303)
    part = "recordings/player.html" if whole else "recordings/marks.html"
    answer = _player(request, visitor, sid, part)
    if done:
        answer.headers.update(toast(done))
    return answer


def _player(request: Request, visitor: Visitor, sid: str, template: str) -> Response:
    with site_of(request).database.reading() as connection:
        found = opened(connection, visitor, sid)
        recording_id = found.recording.id
        notes = queries.notes_of(connection, recording_id)
        redactions = queries.redactions_of(connection, recording_id)
        holds = queries.holds_of(connection, recording_id)
        listens = queries.listens_of(connection, recording_id)
        lists: tuple[Iterable[Mark], ...] = (notes, redactions, holds, listens)
        people = _people(connection, {mark.actor for marks in lists for mark in marks})
    return render(
        request,
        template,
        visitor=visitor,
        recording=found.recording,
        matters=found.matters,
        reason_needed=found.hearing.reason_needed,
        notes=notes,
        redactions=redactions,
        holds=holds,
        listens=listens,
        people=people,
        may_redact=_may(visitor, found, Right.recordings_redact),
        may_hold=_may(visitor, found, Right.recordings_hold),
    )


def _people(connection: Connection, actors: set[str]) -> dict[str, str]:
    """Names of staff by how events name them."""
    ids = {staff_id for actor in actors if (staff_id := staff_of(actor)) is not None}
    return {f"staff:{staff_id}": name for staff_id, name in names_of(connection, ids).items()}


def _may(visitor: Visitor, found: Opened, right: Right) -> bool:
    return hearing(visitor, found.matters, right).allowed
