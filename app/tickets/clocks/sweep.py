"""The sweep: finds the tickets whose clocks have passed a level, and tells people, once.

A level is noticed by `tickets.next_alarm_at`, an indexed column: nothing sleeps until a deadline,
so a restart loses nothing. Two workers never look at the same ticket at once (its row is locked),
and the alarm's own unique key keeps each level from being told of twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, Select, select, update

from app.database import insert_once
from app.flows.directory import Directory
from app.jobs.runner import Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.tickets.changes import Happened, Standing, lock_by_id, write_event
from app.tickets.clocks.escalation.line import persons
from app.tickets.clocks.escalation.service import Escalations
from app.tickets.clocks.levels import LEVELS, Passing, passings
from app.tickets.clocks.models import ClockName, TicketAlarm
from app.tickets.clocks.need import running
from app.tickets.clocks.telling import sentence, tell
from app.tickets.models import Ticket
from app.tickets.times import timepiece

log = structlog.get_logger()

SWEEP = "tickets.sweep"
SWEEP_SECONDS = 10.0
AT_ONCE = 20  # tickets in one transaction
MOST_ROUNDS = 10  # transactions of one run, well within its lease; what is left over waits
WARNING_WAYS = {50: ("console", "push"), 80: ("console", "sms", "push")}


class Sweep:
    """Looks after the clocks, by the directory in force at each instant."""

    def __init__(self, directory: Callable[[], Directory], escalations: Escalations) -> None:
        self._directory = directory
        self._escalations = escalations

    def run(self, _payload: Payload, tools: Tools) -> None:
        """Look after everything that is due now, in short transactions."""
        for _ in range(MOST_ROUNDS):
            now = tools.clock.now()
            with tools.database.writing() as connection:
                looked_at = self.look(connection, now)
            if looked_at < AT_ONCE:
                return

    def look(self, connection: Connection, at: datetime, limit: int = AT_ONCE) -> int:
        """Look after up to `limit` tickets; returns how many were due.

        On PostgreSQL tickets that another worker looks after are skipped; on SQLite the
        transaction is immediate, so that nobody else is looking.
        """
        due = _due(at).limit(limit).with_for_update(skip_locked=True)
        ids = connection.execute(due).scalars().all()
        for ticket_id in ids:
            self._look_after(connection, lock_by_id(connection, ticket_id), at)
        return len(ids)

    def _look_after(self, connection: Connection, ticket: Standing, at: datetime) -> None:
        time = timepiece(ticket.clocks.clock, ticket.department)
        ahead: list[datetime] = []
        for clock in running(ticket):
            recorded = _recorded(connection, ticket, clock.clock)
            open_levels = [
                passing for passing in passings(time, clock, at) if passing.level not in recorded
            ]
            passed = [passing for passing in open_levels if passing.at <= at]
            ahead += [passing.at for passing in open_levels if passing.at > at]
            self._record(connection, ticket, passed, at)
            if passed:
                left = time.between(at, clock.due_at)
                self._tell(connection, ticket, passed[-1], left, at)
        _plan(connection, ticket, min(ahead, default=None))

    def _record(
        self, connection: Connection, ticket: Standing, passed: Sequence[Passing], at: datetime
    ) -> None:
        """Every level has its row; people are told of the highest alone."""
        for passing in passed:
            insert_once(
                connection,
                TicketAlarm,
                ticket_id=ticket.id,
                clock=passing.clock,
                round=ticket.clocks.clock_round,
                level=passing.level,
                due_at=passing.at,
                at=at,
                skipped=passing is not passed[-1],
            )

    def _tell(
        self,
        connection: Connection,
        ticket: Standing,
        passing: Passing,
        seconds_left: float,
        at: datetime,
    ) -> None:
        detail = {"clock": passing.clock, "level": passing.level}
        write_event(connection, ticket.id, Happened(at, "system", "alarm", detail=detail))
        log.info("ticket.alarm", ticket=ticket.id, clock=passing.clock, percent=passing.level)
        if passing.level == LEVELS[-1]:
            self._escalations.start(connection, ticket, passing.clock, at)
        else:
            self._warn(connection, ticket, passing, seconds_left, at)

    def _warn(
        self,
        connection: Connection,
        ticket: Standing,
        passing: Passing,
        seconds_left: float,
        at: datetime,
    ) -> None:
        """Tell whoever looks after the ticket: its owner, or the first on duty."""
        directory = self._directory()
        words = sentence(directory, ticket, passing.clock, passing.level, seconds_left)
        for person in persons(connection, directory, ticket, at)[:1]:
            tell(
                connection,
                person,
                key=f"alarm:{ticket.id}:{passing.clock}:{ticket.clocks.clock_round}"
                f":{passing.level}",
                kind="ticket.due_soon",
                ticket_id=ticket.id,
                words=words,
                at=at,
                ways=WARNING_WAYS[passing.level],
            )


def has_due(connection: Connection, at: datetime) -> bool:
    """Whether any clock is due."""
    return connection.execute(_due(at).limit(1)).first() is not None


def _due(at: datetime) -> Select[int]:
    """Tickets to be looked after, the longest due first."""
    return (
        select(Ticket.id)
        .where(Ticket.next_alarm_at.is_not(None), Ticket.next_alarm_at <= at)
        .order_by(Ticket.next_alarm_at, Ticket.id)
    )


def _recorded(connection: Connection, ticket: Standing, clock: ClockName) -> set[int]:
    """The levels of this round that were passed before."""
    query = select(TicketAlarm.level).where(
        TicketAlarm.ticket_id == ticket.id,
        TicketAlarm.clock == clock,
        TicketAlarm.round == ticket.clocks.clock_round,
    )
    return set(connection.execute(query).scalars())


def _plan(connection: Connection, ticket: Standing, at: datetime | None) -> None:
    """When to look again; None when no clock of the ticket will pass a level any more."""
    connection.execute(update(Ticket).where(Ticket.id == ticket.id).values(next_alarm_at=at))


SWEEPING = Every(SWEEP, SWEEP_SECONDS, has_due)
