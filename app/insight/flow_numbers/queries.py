"""Reads for counting calls, and the numbers of a span of days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.calls.models import Call, CallEvent
from app.calls.transcripts.events import told_in
from app.flows.state import State
from app.insight.flow_numbers.counting import MEASURES, EndedCall, FlowStep
from app.insight.flow_numbers.models import CallToCount, JourneyCount, NodeCount, WayCount

# A call is counted without its outcome when nobody has judged it by then.
JUDGED_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the county, both included, and perhaps a single version."""

    since: date
    until: date
    version: str = ""

    def of(self, model: type[NodeCount | WayCount | JourneyCount]) -> list[ColumnElement[bool]]:
        """The condition that a row is within."""
        within: list[ColumnElement[bool]] = [model.day >= self.since, model.day <= self.until]
        return [*within, model.version == self.version] if self.version else within


@dataclass(frozen=True, slots=True)
class NodeNumbers:
    """What happened at a node; see `models.NodeCount`."""

    visits: int = 0
    callers: int = 0
    seconds: int = 0
    silences: int = 0
    wrongs: int = 0
    not_understood: int = 0
    repeats: int = 0
    ends: int = 0
    hang_ups: int = 0
    lost: int = 0

    @property
    def average_seconds(self) -> float:
        """How long a visit lasted."""
        return self.seconds / self.visits if self.visits else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """How often calls went from a node to another by a cause."""

    node: str
    target: str
    cause: str
    count: int


@dataclass(frozen=True, slots=True)
class CountedVersion:
    """A version with the days it was in use."""

    version: str
    since: date
    until: date


def anything_due(connection: Connection, at: datetime) -> bool:
    """Whether a call waits to be counted."""
    due = select(CallToCount.call_sid).where(CallToCount.due_at <= at).limit(1)
    return connection.execute(due).first() is not None


def due_calls(connection: Connection, at: datetime, limit: int) -> dict[str, EndedCall | None]:
    """The calls to be counted by their SIDs; None for one that went through no flow.

    An inbound call waits until it was judged.
    """
    ready = or_(Call.direction != "inbound", Call.outcome != "", Call.ended_at < at - JUDGED_WITHIN)
    query = (
        select(
            Call.sid, Call.flow_version, Call.direction, Call.started_at, Call.ended_at, Call.node,
            Call.state, Call.outcome,
        )
        .join(CallToCount, CallToCount.call_sid == Call.sid)
        .where(CallToCount.due_at <= at, ready)
        .order_by(CallToCount.due_at)
        .limit(limit)
    )  # fmt: skip
    return {
        row.sid: EndedCall(
            sid=row.sid,
            version=row.flow_version,
            is_inbound=row.direction == "inbound",
            started_at=row.started_at,
            ended_at=row.ended_at,
            node=row.node,
            finished=State.from_json(row.state).ended,
            outcome=row.outcome,
        )
        if row.state
        else None
        for row in connection.execute(query)
    }


def steps_of(connection: Connection, sids: Sequence[str]) -> Mapping[str, list[FlowStep]]:
    """The steps of calls in their order."""
    query = (
        select(CallEvent.call_sid, CallEvent.node, CallEvent.at, CallEvent.detail)
        .where(CallEvent.call_sid.in_(sids), CallEvent.kind == "step")
        .order_by(CallEvent.at, CallEvent.id)
    )
    found: dict[str, list[FlowStep]] = {sid: [] for sid in sids}
    for row in connection.execute(query):
        found[row.call_sid].append(_step(row.node, row.at, told_in(row.detail)))
    return found


def node_numbers(connection: Connection, span: Span, node: str = "") -> dict[str, NodeNumbers]:
    """The numbers of each node that anybody came to, or of one; flows stand by their names."""
    sums: list[Any] = [func.sum(getattr(NodeCount, measure)) for measure in MEASURES]
    within = [*span.of(NodeCount), *([NodeCount.node == node] if node else [])]
    query = select(NodeCount.node, *sums).where(*within).group_by(NodeCount.node)
    return {
        node: NodeNumbers(*(int(value) for value in values))
        for node, *values in connection.execute(query)
    }


def ways(connection: Connection, span: Span, node: str = "") -> list[Way]:
    """The ways that calls went, or those out of one node; those that most went first."""
    total = func.sum(WayCount.count)
    within = [*span.of(WayCount), *([WayCount.node == node] if node else [])]
    query = (
        select(WayCount.node, WayCount.target, WayCount.cause, total)
        .where(*within)
        .group_by(WayCount.node, WayCount.target, WayCount.cause)
        .order_by(total.desc(), WayCount.node, WayCount.target, WayCount.cause)
    )
    return [Way(*row[:3], int(row[3])) for row in connection.execute(query)]


def journeys(connection: Connection, span: Span) -> dict[tuple[str, str], int]:
    """Inbound calls by how far they got and what they led to."""
    query = (
        select(JourneyCount.stage, JourneyCount.outcome, func.sum(JourneyCount.count))
        .where(*span.of(JourneyCount))
        .group_by(JourneyCount.stage, JourneyCount.outcome)
    )
    return {(stage, outcome): int(count) for stage, outcome, count in connection.execute(query)}


def versions(connection: Connection, span: Span) -> list[CountedVersion]:
    """The versions that callers met within the days, the latest first."""
    first, last = func.min(JourneyCount.day), func.max(JourneyCount.day)
    query = (
        select(JourneyCount.version, first, last)
        .where(*span.of(JourneyCount))
        .group_by(JourneyCount.version)
        .order_by(last.desc(), first.desc())
    )
    return [CountedVersion(*row) for row in connection.execute(query)]


def _step(node: str, at: datetime, told: Mapping[str, Any]) -> FlowStep:
    return FlowStep(
        node=node,
        at=at,
        given=str(told.get("given", "")),
        rule=str(told.get("rule", "")),
        via=tuple(told.get("via", ())),
        keys=str(told.get("keys", "")),
        bridged=bool(told.get("bridged")),
    )
