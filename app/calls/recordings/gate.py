"""Who comes to a recording by the web: found, within reach, or not there at all."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import Connection

from app.calls.recordings import queries
from app.calls.recordings.matters import Hearing, Matter, hearing, matters_of
from app.calls.recordings.queries import Kept
from app.calls.recordings.review import RefusedError
from app.people.access.rights import Right
from app.people.access.visitor import ForbiddenError, Visitor
from app.web.pages import language_of
from app.web.problems import ProblemError
from app.web.words import all_words


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording that a visitor may come to, by a right they have where it belongs."""

    recording: Kept
    matters: list[Matter]
    hearing: Hearing


def opened(
    connection: Connection, visitor: Visitor, sid: str, right: Right = Right.recordings_listen
) -> Opened:
    """The recording. Out of reach is as if it did not exist: raises ProblemError with 404.

    Raises ForbiddenError when it is within reach but sealed.
    """
    recording = queries.find(connection, sid)
    if recording is None:
        raise ProblemError(404)
    matters = matters_of(connection, sid, recording.call_sid)
    heard = hearing(visitor, matters, right)
    if heard.sealed:
        raise ForbiddenError(Right.tickets_unseal)
    if not heard.allowed:
        raise ProblemError(404)
    return Opened(recording, matters, heard)


def said(request: Request, visitor: Visitor, error: RefusedError) -> ProblemError:
    """A refusal as a sentence in the visitor's language."""
    text = all_words().say(f"recordings.refused.{error.why}", language_of(request, visitor))
    return ProblemError(422, text)
