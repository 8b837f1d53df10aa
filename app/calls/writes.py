"""The SQL of a step: many steps in one UPDATE and one INSERT, on both databases."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, text, update

from app.calls.models import Call, CallEvent
from app.database import blind_index, column_cipher, insert_once

LARGEST_GROUP = 64  # steps in one commit
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


OFFSET = len("+00:00")  # which UTC text goes without
RECONCILED = -1  # the sequence of a status that the provider's list told, not its callback
RECONCILED_KEY = f"status:{RECONCILED}:"


def step_key(step: int) -> str:
    """The event key of a step."""
    return f"step:{step}"


# A statement is prepared once. On PostgreSQL it is the same for any group, whose rows travel as one
# JSON text; on SQLite, which would parse that text once a column, there is one for each number of
# rows.
_NEXT = ("sid", "step", "state", "node", "language", "version")
_EVENT = ("call_sid", "key", "kind", "at", "node", "detail", "words", "answer")
_TYPES = {"step": "integer", "at": "timestamptz"}


def _sqlite_rows(columns: Sequence[str], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"WITH given({', '.join(columns)}) AS (VALUES {', '.join([row] * rows)}) "


def _postgresql_rows(parameter: str, columns: Sequence[str]) -> str:
    typed = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in columns)
    return f"json_to_recordset(CAST(:{parameter} AS json)) AS given({typed})"


_ADVANCE = (
    "UPDATE calls SET state = given.state, node = given.node, language = given.language, "
    "flow_version = given.version, step = calls.step + 1 FROM {rows} "
    "WHERE calls.sid = given.sid AND calls.step = given.step RETURNING calls.sid"
)
# ruff: noqa: S608 - every name in these statements is our own
_ADD = f"INSERT INTO call_events ({', '.join(_EVENT)}) SELECT {', '.join(_EVENT)} FROM "

_ADVANCE_AND_LOG = text(
    f"WITH moved AS ({_ADVANCE.format(rows=_postgresql_rows('rows', _NEXT))}), "
    f"added AS ({_ADD}{_postgresql_rows('events', _EVENT)} "
    "WHERE given.call_sid IN (SELECT sid FROM moved)) SELECT sid FROM moved"
)


@lru_cache(maxsize=LARGEST_GROUP)
def _advance_calls_of(rows: int) -> str:
    return _sqlite_rows(_NEXT, rows) + _ADVANCE.format(rows="given")


@lru_cache(maxsize=LARGEST_GROUP)
def _add_events_of(rows: int) -> str:
    return f"{_sqlite_rows(_EVENT, rows)}{_ADD}given"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
    if connection.dialect.name == "postgresql":
        moved = _advance_and_log(connection, chosen)
        written = [step for step in chosen if step.sid in moved]
    else:
        moved = _advance_calls(connection, chosen)
        written = [step for step in chosen if step.sid in moved]
        _add_events(connection, written)
    for step in written:
        for consequence in step.consequences:
            consequence(connection)
    return {id(step) for step in written}


def _advance_and_log(connection: Connection, steps: Sequence[StepWrite]) -> set[str]:
    """Both writes as one statement: PostgreSQL then needs one round trip for a whole group."""
    parameters = {
        "rows": _encode([_next(step) for step in steps]),
        "events": _encode([row for step in steps for row in _rows(step)]),
    }
    return set(connection.execute(_ADVANCE_AND_LOG, parameters).scalars())


def _advance_calls(connection: Connection, steps: Sequence[StepWrite]) -> set[str]:
    values = tuple([value for step in steps for value in _next(step).values()])
    return set(connection.exec_driver_sql(_advance_calls_of(len(steps)), values).scalars())


def _add_events(connection: Connection, steps: Sequence[StepWrite]) -> None:
    if steps:
        rows = [row for step in steps for row in _rows(step)]
        values = tuple([value for row in rows for value in row.values()])
        connection.exec_driver_sql(_add_events_of(len(rows)), values)


def _next(step: StepWrite) -> dict[str, Any]:
    """Where a call is to be, in the order of `_NEXT`."""
    return {
        "sid": step.sid,
        "step": step.step,
        "state": step.state,
        "node": step.node,
        "language": step.language,
        "version": step.flow_version,
    }


def _rows(step: StepWrite) -> list[dict[str, Any]]:
    """The events of a step as the database holds them: encrypted, and instants as UTC text."""
    row = event_row(step, step_key(step.step), "step")
    row["at"] = step.at.astimezone(UTC).isoformat(" ", "microseconds")[:-OFFSET]
    if step.words is not None:
        row["words"] = column_cipher().encrypt(step.words)
    if not step.also_key:
        return [row]
    return [row, row | {"key": step.also_key, "kind": "resume"}]


def event_row(step: StepWrite, key: str, kind: str) -> dict[str, Any]:
    """The event of a step, as a row of `call_events`, in the order of `_EVENT`."""
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
