"""The SQL of a step: many steps in one UPDATE and one INSERT, the same on both databases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, insert, text, update

from app.calls.models import Call, CallEvent
from app.database import blind_index, insert_once

Consequence = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class CallSeen:
    """What a webhook tells about a call the first time we hear of it."""

    sid: str
    direction: str
    caller: str
    called: str
    at: datetime
    parent_sid: str | None = None


@dataclass(slots=True)
class StepWrite:
    """One step to be written: the call's new state, what happened, and its effects.

    Written only while the call still expects `step`. `consequences` run in the same transaction
    and raise to refuse the whole step.
    """

    sid: str
    step: int
    state: str
    node: str  # where the call now is
    language: str
    at: datetime
    happened_at_node: str
    detail: str
    words: str | None
    answer: str
    flow_version: str
    consequences: Sequence[Consequence] = field(default=())
    seen: "CallSeen | None" = None  # set on the first step: the call may have no row yet
    also_key: str = ""  # a second key under which this answer is to be found again


def step_key(step: int) -> str:
    """The event key of a step."""
    return f"step:{step}"


@cache
def _advance_statement(rows: int) -> TextClause:
    values = ", ".join(
        f"(CAST(:sid{i} AS TEXT), CAST(:step{i} AS INTEGER), CAST(:state{i} AS TEXT),"
        f" CAST(:node{i} AS TEXT), CAST(:language{i} AS TEXT), CAST(:version{i} AS TEXT))"
        for i in range(rows)
    )
    return text(
        f"WITH next(sid, step, state, node, language, version) AS (VALUES {values}) "  # noqa: S608
        "UPDATE calls SET state = next.state, node = next.node, language = next.language, "
        "flow_version = next.version, step = calls.step + 1 FROM next "
        "WHERE calls.sid = next.sid AND calls.step = next.step RETURNING calls.sid"
    )


def write_steps(connection: Connection, steps: Sequence[StepWrite]) -> set[int]:
    """Write the steps that are still expected; returns the `id()` of those written.

    Two deliveries of the same step in one group: the first is written, the second is stale.
    """
    if not steps:
        return set()
    for step in steps:
        if step.seen is not None:
            ensure_call(connection, step.seen)
    first: dict[str, StepWrite] = {}
    for step in steps:
        first.setdefault(step.sid, step)
    chosen = list(first.values())
    moved = _advance_calls(connection, chosen)
    written = [step for step in chosen if step.sid in moved]
    if written:
        connection.execute(insert(CallEvent), [row for step in written for row in _rows(step)])
    for step in written:
        for consequence in step.consequences:
            consequence(connection)
    return {id(step) for step in written}


def _advance_calls(connection: Connection, steps: Sequence[StepWrite]) -> set[str]:
    parameters: dict[str, Any] = {}
    for i, step in enumerate(steps):
        parameters[f"sid{i}"] = step.sid
        parameters[f"step{i}"] = step.step
        parameters[f"state{i}"] = step.state
        parameters[f"node{i}"] = step.node
        parameters[f"language{i}"] = step.language
        parameters[f"version{i}"] = step.flow_version
    return set(connection.execute(_advance_statement(len(steps)), parameters).scalars())


def _rows(step: StepWrite) -> list[dict[str, Any]]:
    rows = [event_row(step, step_key(step.step), "step")]
    if step.also_key:
        rows.append(event_row(step, step.also_key, "resume"))
    return rows


def event_row(step: StepWrite, key: str, kind: str) -> dict[str, Any]:
    """The event of a step, as a row of `call_events`."""
    return {
        "call_sid": step.sid,
        "key": key,
        "kind": kind,
        "at": step.at,
        "node": step.happened_at_node,
        "detail": step.detail,
        "words": step.words,
        "answer": step.answer,
    }


def ensure_call(connection: Connection, seen: CallSeen) -> None:
    """Make sure that the call has a row; an existing one is left as it is."""
    insert_once(
        connection,
        Call,
        sid=seen.sid,
        parent_sid=seen.parent_sid,
        direction=seen.direction,
        caller=seen.caller,
        caller_index=blind_index(seen.caller),
        called=seen.called,
        status="ringing",
        status_rank=0,
        started_at=seen.at,
    )


def add_event(connection: Connection, event: dict[str, Any]) -> bool:
    """Append an event; False when one with its key is there already."""
    return insert_once(connection, CallEvent, **event)


def adopt_state(connection: Connection, seen: CallSeen, step: int, write: "AdoptedState") -> None:
    """Bring a call that went on without the database up to `step`; never back."""
    ensure_call(connection, seen)
    connection.execute(
        update(Call)
        .where(Call.sid == seen.sid, Call.step < step)
        .values(
            step=step,
            state=write.state,
            node=write.node,
            language=write.language,
            flow_version=write.flow_version,
        )
    )


@dataclass(frozen=True, slots=True)
class AdoptedState:
    """A state that was reached without the database."""

    state: str
    node: str
    language: str
    flow_version: str
