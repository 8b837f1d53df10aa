"""Reads of prompts that people have spoken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from app.database import said
from app.prompt_audio.models import PromptNumber, PromptTake

MOST_TAKES = 50


@dataclass(frozen=True, slots=True)
class Take:
    """A row of `prompt_takes`; see the model for what its columns mean."""

    id: int
    prompt: str
    language: str
    words: str
    source: str
    recording_sid: str
    state: str
    trouble: str
    sha256: str
    seconds: float
    made_by: str
    made_at: datetime
    decided_by: str
    decided_at: datetime | None


def in_force(connection: Connection) -> list[Take]:
    """All takes that callers may hear, the latest first."""
    takes = _takes().where(said("state = 'in_force'")).order_by(PromptTake.id.desc())
    return _read(connection, takes)


def takes_of(connection: Connection, prompt: str) -> list[Take]:
    """What was made of one prompt in any language, the latest first."""
    takes = _takes().where(PromptTake.prompt == prompt).order_by(PromptTake.id.desc())
    return _read(connection, takes.limit(MOST_TAKES))


def find_take(connection: Connection, take_id: int) -> Take | None:
    """A take by its id."""
    return next(iter(_read(connection, _takes().where(PromptTake.id == take_id))), None)


def take_of_recording(connection: Connection, recording_sid: str) -> Take | None:
    """What a recording made by telephone became."""
    takes = _takes().where(PromptTake.recording_sid == recording_sid)
    return next(iter(_read(connection, takes)), None) if recording_sid else None


def prompt_numbered(connection: Connection, number: int) -> str | None:
    """The prompt that has a number."""
    query = select(PromptNumber.prompt).where(PromptNumber.number == number)
    return connection.execute(query).scalar_one_or_none()


def numbers_of(connection: Connection) -> dict[str, int]:
    """The number of each prompt that ever had one."""
    rows = connection.execute(select(PromptNumber.prompt, PromptNumber.number))
    return {row.prompt: row.number for row in rows}


def _takes() -> Select[Any]:
    return select(*[getattr(PromptTake, name) for name in Take.__slots__])


def _read(connection: Connection, query: Select[Any]) -> list[Take]:
    rows: Sequence[Any] = connection.execute(query).all()
    return [Take(*row) for row in rows]
