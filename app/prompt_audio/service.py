"""The verbs of prompts that people speak. The only writer of its tables.

Putting a take in force withdraws the one before it; every take stays and can be put in force again
as long as it says what its prompt says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.calls.facts import CallFacts
from app.database import insert_once
from app.flows.audio_files import AudioFile
from app.flows.effects import KeepTake, TakePrompt
from app.jobs.service import enqueue
from app.people.audit.service import record
from app.prompt_audio.conversion import Trouble
from app.prompt_audio.models import (
    AWAITED,
    IN_FORCE,
    READY,
    REFUSED,
    WITHDRAWN,
    PromptNumber,
    PromptTake,
)
from app.prompt_audio.queries import Take, find_take, numbers_of, take_of_recording

DEVELOP = "prompt.develop"  # the kind of job that makes a take of a recording
FIRST_NUMBER = 101


class TakeError(Exception):
    """A take that cannot be put in force; `why` is `gone`, `not_ready` or `out_of_date`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Spoken:
    """Which prompt is spoken: its key, its language, and its text there."""

    prompt: str
    language: str
    words: str


def number_prompts(connection: Connection, prompts: Collection[str]) -> bool:
    """Give each prompt that has no number the next free one, in their alphabetical order.

    Returns whether all have one now: another worker may be giving the same numbers.
    """
    known = numbers_of(connection)
    number = max(known.values(), default=FIRST_NUMBER - 1)
    given = []
    for prompt in sorted(set(prompts) - known.keys()):
        number += 1
        given.append(insert_once(connection, PromptNumber, number=number, prompt=prompt))
    return all(given)


def await_take(connection: Connection, effect: TakePrompt, facts: CallFacts) -> None:
    """Somebody has recorded a prompt by telephone: have the recording fetched and converted."""
    if take_of_recording(connection, effect.recording) is not None:
        return
    spoken = Spoken(effect.prompt, effect.language, effect.words)
    take_id = _add(
        connection, spoken, AWAITED, f"staff:{effect.staff}", facts.at,
        source="telephone", recording_sid=effect.recording,
    )  # fmt: skip
    enqueue(connection, DEVELOP, f"{DEVELOP}:{take_id}", {"take": take_id}, facts.at)


def developed(connection: Connection, take_id: int, audio: AudioFile) -> None:
    """The recording of an awaited take is in the store."""
    _settle(connection, take_id, state=READY, sha256=audio.sha256, seconds=audio.seconds)


def refused(connection: Connection, take_id: int, trouble: Trouble) -> None:
    """The recording of an awaited take is no prompt."""
    _settle(connection, take_id, state=REFUSED, trouble=trouble.value)


def keep_take(connection: Connection, effect: KeepTake, facts: CallFacts) -> None:
    """Somebody has listened to their recording by telephone and keeps it."""
    take = take_of_recording(connection, effect.recording)
    if take is not None and take.state == READY:
        put_in_force(connection, take.id, take.words, f"staff:{effect.staff}", facts.at)


def keep_file(
    connection: Connection, spoken: Spoken, audio: AudioFile, actor: str, at: datetime
) -> int:
    """Put a file in force that is in the store already; returns the take's id."""
    take_id = _add(
        connection, spoken, READY, actor, at,
        source="file", sha256=audio.sha256, seconds=audio.seconds,
    )  # fmt: skip
    put_in_force(connection, take_id, spoken.words, actor, at)
    return take_id


def put_in_force(
    connection: Connection, take_id: int, words: str, actor: str, at: datetime
) -> None:
    """Let callers hear a take; `words` is what the prompt says now. Raises TakeError."""
    take = _insist(connection, take_id)
    if take.state not in (READY, WITHDRAWN):
        raise TakeError("not_ready")
    if take.words != words:
        raise TakeError("out_of_date")
    _withdraw(connection, take.prompt, take.language, actor, at)
    connection.execute(
        update(PromptTake)
        .where(PromptTake.id == take_id)
        .values(state=IN_FORCE, decided_by=actor, decided_at=at)
    )
    _record(connection, actor, "prompt.audio_in_force", take, at)


def withdraw(connection: Connection, take_id: int, actor: str, at: datetime) -> None:
    """Let callers hear the text again, or the file of the flows. Raises TakeError."""
    take = _insist(connection, take_id)
    if take.state != IN_FORCE:
        raise TakeError("gone")
    _withdraw(connection, take.prompt, take.language, actor, at)
    _record(connection, actor, "prompt.audio_withdrawn", take, at)


def _add(
    connection: Connection, spoken: Spoken, state: str, actor: str, at: datetime, **values: object
) -> int:
    row = {
        "prompt": spoken.prompt,
        "language": spoken.language,
        "words": spoken.words,
        "state": state,
        "made_by": actor,
        "made_at": at,
        **values,
    }
    return connection.execute(insert(PromptTake).values(row).returning(PromptTake.id)).scalar_one()


def _settle(connection: Connection, take_id: int, **values: object) -> None:
    connection.execute(
        update(PromptTake)
        .where(PromptTake.id == take_id, PromptTake.state == AWAITED)
        .values(**values)
    )


def _withdraw(connection: Connection, prompt: str, language: str, actor: str, at: datetime) -> None:
    number = select(PromptNumber.number).where(PromptNumber.prompt == prompt)
    connection.execute(number.with_for_update())  # two who decide at once wait for each other
    connection.execute(
        update(PromptTake)
        .where(
            PromptTake.prompt == prompt,
            PromptTake.language == language,
            PromptTake.state == IN_FORCE,
        )
        .values(state=WITHDRAWN, decided_by=actor, decided_at=at)
    )


def _insist(connection: Connection, take_id: int) -> Take:
    take = find_take(connection, take_id)
    if take is None:
        raise TakeError("gone")
    return take


def _record(connection: Connection, actor: str, act: str, take: Take, at: datetime) -> None:
    detail = {"take": take.id, "language": take.language, "sha256": take.sha256}
    record(connection, actor=actor, act=act, target=f"prompt:{take.prompt}", detail=detail, at=at)
