"""Reads for judging calls, and what came of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from app.calls.facts import ACCEPTED
from app.calls.models import Call, CallEvent
from app.calls.outcomes.rules import Happening

# Webhooks of a call may arrive after the news of its end; those of an outage much later.
JUDGED_AFTER = timedelta(seconds=60)
JUDGED_WITHIN = timedelta(days=7)  # older calls are history, not something to follow up

_ACTED = frozenset({"pressed", "spoke", "recorded"})


@dataclass(frozen=True, slots=True)
class EndedCall:
    """An inbound call that has ended and was not judged yet."""

    sid: str
    caller: str
    caller_index: str
    language: str
    node: str
    started_at: datetime
    ended_at: datetime
    seconds: int


_COLUMNS: tuple[Any, ...] = (
    Call.sid,
    Call.caller,
    Call.caller_index,
    Call.language,
    Call.node,
    Call.started_at,
    Call.ended_at,
    func.coalesce(Call.seconds, 0),
)
_EVENT: tuple[Any, ...] = (
    CallEvent.call_sid,
    CallEvent.kind,
    CallEvent.detail,
    CallEvent.answer,
)


def unjudged(connection: Connection, at: datetime, limit: int = 200) -> Sequence[EndedCall]:
    """Inbound calls whose outcome is not known yet, the one that ended first first."""
    query = select(*_COLUMNS).where(*_unjudged(at)).order_by(Call.ended_at, Call.id).limit(limit)
    return [EndedCall(*row) for row in connection.execute(query)]


def anything_unjudged(connection: Connection, at: datetime) -> bool:
    """Whether a call has ended whose outcome is not known yet."""
    return connection.execute(select(Call.id).where(*_unjudged(at)).limit(1)).first() is not None


def happenings(connection: Connection, sids: Sequence[str]) -> Mapping[str, list[Happening]]:
    """The events of calls, as far as outcomes depend on them."""
    query = (
        select(*_EVENT)
        .where(CallEvent.call_sid.in_(sids), CallEvent.kind != "status")
        .order_by(CallEvent.id)
    )
    found: dict[str, list[Happening]] = {sid: [] for sid in sids}
    for row in connection.execute(query):
        found[row.call_sid].append(_happening(row))
    return found


def outcomes_counted(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """How many inbound calls that began within a time led to what; "" is not judged yet."""
    query = (
        select(Call.outcome, func.count().label("calls"))
        .where(Call.direction == "inbound", Call.started_at >= since, Call.started_at < until)
        .group_by(Call.outcome)
    )
    return {row.outcome: row.calls for row in connection.execute(query)}


def missed_by_withheld_numbers(connection: Connection, since: datetime, until: datetime) -> int:
    """How many missed calls within a time cannot be called back: their number was withheld."""
    query = select(Call.caller).where(
        Call.outcome.in_(("unanswered", "abandoned")),
        Call.started_at >= since,
        Call.started_at < until,
    )
    return sum(not caller.startswith("+") for caller in connection.execute(query).scalars())


def _unjudged(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Call.outcome == "",
        Call.direction == "inbound",
        Call.ended_at <= at - JUDGED_AFTER,
        Call.ended_at > at - JUDGED_WITHIN,
    )


def _happening(row: Row[Any]) -> Happening:
    told = json.loads(row.detail) if row.detail else {}
    return Happening(
        effects=frozenset(told.get("effects", ())),
        reached=bool(told.get("bridged")) or row.kind == ACCEPTED,
        rang="<Number" in (row.answer or ""),
        acted=told.get("given") in _ACTED,
    )
