"""Counts ended calls, each once; the only writer of the tables of numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.calls.facts import CallEnded
from app.database import Base, Database, insert_once, table_of
from app.insight.flow_numbers import queries
from app.insight.flow_numbers.counting import MEASURES, Tally, tally_of
from app.insight.flow_numbers.models import CallToCount, JourneyCount, NodeCount, WayCount

# By then a call was judged, and webhooks that overtook the news of its end have arrived.
COUNTED_AFTER = timedelta(seconds=120)
AT_ONCE = 200


def expect(connection: Connection, ended: CallEnded) -> None:
    """Plan the counting of a call; a hook of its end. Canaries do not count."""
    if ended.is_canary:
        return
    insert_once(connection, CallToCount, call_sid=ended.sid, due_at=ended.at + COUNTED_AFTER)


def count_due(database: Database, at: datetime) -> int:
    """Count calls that are due, at most `AT_ONCE`; returns how many. Two workers may do so at once.

    Everything is read first, so that the transaction that writes is short. It begins by taking the
    calls' rows away: whoever takes a row counts its call, and when that fails the row is back.
    """
    with database.reading() as connection:
        calls = queries.due_calls(connection, at, AT_ONCE)
        steps = queries.steps_of(connection, [call.sid for call in calls.values() if call])
    tallies = {sid: tally_of(call, steps[sid]) if call else Tally() for sid, call in calls.items()}
    if tallies:
        with database.writing() as connection:
            _write(connection, (tallies[sid] for sid in _taken(connection, tallies)))
    return len(tallies)


def _taken(connection: Connection, tallies: Mapping[str, Tally]) -> list[str]:
    """The calls that nobody else has counted."""
    taken = (
        delete(CallToCount)
        .where(CallToCount.call_sid.in_(sorted(tallies)))
        .returning(CallToCount.call_sid)
    )
    return list(connection.execute(taken).scalars())


def _write(connection: Connection, tallies: Iterable[Tally]) -> None:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    nodes = [
        {"day": day, "version": version, "node": node, **measures}
        for (day, version, node), measures in total.by_node().items()
    ]
    ways = [
        {"day": day, "version": version, "node": node, "target": target, "cause": cause, "count": n}
        for (day, version, node, target, cause), n in total.ways.items()
    ]
    journeys = [
        {"day": day, "version": version, "stage": stage, "outcome": outcome, "count": count}
        for (day, version, stage, outcome), count in total.journeys.items()
    ]
    _add(connection, NodeCount, nodes, MEASURES)
    _add(connection, WayCount, ways, ("count",))
    _add(connection, JourneyCount, journeys, ("count",))


def _add(
    connection: Connection,
    model: type[Base],
    rows: list[dict[str, Any]],
    measures: Sequence[str],
) -> None:
    """Add to the rows that are there, or begin them; in one order, so that none waits in a ring."""
    if not rows:
        return
    table = table_of(model)
    keys = [column.name for column in table.primary_key]
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    added = insert(table)
    statement = added.on_conflict_do_update(
        index_elements=keys,
        set_={name: table.c[name] + added.excluded[name] for name in measures},
    )
    connection.execute(statement, sorted(rows, key=lambda row: [row[key] for key in keys]))
