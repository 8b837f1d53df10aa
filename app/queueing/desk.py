"""The answer to `PersonLookup`: whom to ring for a caller now, and how the caller stands."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.database import blind_index
from app.flows.context import Callee, PersonFound, PersonLookup
from app.flows.directory import Directory
from app.flows.numbering import refused_as
from app.queueing import queries, store
from app.queueing.crew import Member, crew, occupied, rung_last
from app.queueing.models import StaffRing
from app.queueing.store import Waiting
from app.softphone.fate import NO_TALK, fate_of
from app.tickets.closing.schedule import is_allowed

LONGEST_WAIT = timedelta(minutes=10)  # then waiting on is offered no more
IN_VAIN = ("machine",)  # whoever answered so is not rung for this caller again


class Desk:
    """Finds whom to ring, by the directory in force at each instant."""

    def __init__(self, directory: Callable[[], Directory]) -> None:
        self._directory = directory

    def find(self, connection: Connection, lookup: PersonLookup, call: CallFacts) -> PersonFound:
        """How a caller stands who asks for a person."""
        at, index = call.at, blind_index(call.caller)
        mine = store.of_call(connection, call.sid)
        in_line = mine or queries.kept_place(connection, index, lookup.target)
        known = call.caller.startswith("+")
        is_talking = mine is not None and mine.state == "talking"
        fate = fate_of(connection, call.sid) if is_talking else NO_TALK
        _, ticket = queries.open_ticket_of(connection, call.sid, index if known else "")
        common = PersonFound(
            waited=_seconds(mine.patient_from, at) if mine else 0,
            patience=int(LONGEST_WAIT.total_seconds())
            - (_seconds(mine.asked_at, at) if mine else 0),
            may_call_back=refused_as(call.caller, self._directory().dialling) is None,
            ticket=ticket,
            caller=queries.who_calls(connection, index) if known and not ticket else "",
            room=fate.room,
            lost=fate.lost,
        )
        if mine is not None and store.claim_stands(connection, mine, at):
            return replace(common, callees=(Callee(mine.claimed_by),), claimed_at=mine.claimed_at)
        return self._in_turn(connection, lookup, at, mine, in_line, common)

    def _in_turn(
        self,
        connection: Connection,
        lookup: PersonLookup,
        at: datetime,
        mine: Waiting | None,
        in_line: Waiting | None,
        common: PersonFound,
    ) -> PersonFound:
        members = [
            m for m in crew(connection, self._directory(), lookup.target, at) if not m.trouble
        ]
        tried = _tried(connection, mine)
        busy = occupied(connection, {m.index for m in members} - tried, at)
        free = [m for m in members if m.index not in busy | tried]
        by_day = is_allowed(at, self._directory().calling_hours)
        before = queries.ahead(connection, lookup.target, at, in_line, with_kept=by_day)
        if lookup.ring == "round_robin":
            free = least_lately(connection, free)
        position = before + 1
        return replace(
            common,
            callees=tuple(Callee(m.contact.phone, m.contact.language) for m in free[before:]),
            nobody=all(m.index in tried for m in members),
            position=position,
            wait_minutes=queries.wait_minutes(connection, lookup.target, position, at),
        )


def least_lately(connection: Connection, members: Sequence[Member]) -> list[Member]:
    """Whoever was rung least lately comes first; who never was before all others."""
    last = rung_last(connection, {member.index for member in members})
    never = [member for member in members if member.index not in last]
    others = [member for member in members if member.index in last]
    return never + sorted(others, key=lambda member: last[member.index])


def _tried(connection: Connection, mine: Waiting | None) -> set[str]:
    """Who was rung for this caller in vain, since they last chose to wait."""
    if mine is None:
        return set()
    query = select(StaffRing.number_index, StaffRing.rung_at, StaffRing.result).where(
        StaffRing.caller_id == mine.id
    )
    return {
        row.number_index
        for row in connection.execute(query)
        if row.rung_at >= mine.patient_from or row.result in IN_VAIN
    }


def _seconds(since: datetime, at: datetime) -> int:
    return max(0, int((at - since).total_seconds()))
