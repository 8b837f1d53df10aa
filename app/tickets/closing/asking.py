"""How callers are asked: planned when a ticket is resolved, by call first, then by text.

Only the telephone a ticket came from is rung, by day, and only when it has called the hotline
before (threat T1). A call whose outcome is unknown is not repeated (law L4): a text follows it.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection, select

from app.calls.outbound.models import OutboundState
from app.calls.outbound.queries import has_called_us
from app.calls.outbound.rules import may_be_rung
from app.calls.outbound.service import Plan, plan_call
from app.calls.outbound.store import Outgoing
from app.calls.wiring import Invitation
from app.flows.directory import Directory
from app.messages.composing import Composer
from app.messages.numbers import can_be_texted
from app.messages.service import has_opted_out, send_text
from app.tickets.changes import SYSTEM, Happened, write_event
from app.tickets.closing import queries, service
from app.tickets.closing.models import Way
from app.tickets.closing.queries import PURPOSE, Visit
from app.tickets.closing.schedule import SILENCE, is_allowed, next_time, try_after
from app.tickets.links.service import link_call
from app.tickets.models import Ticket

log = structlog.get_logger()

BY_VOICE = frozenset({"phone", "console"})  # the channels whose callers are rung
AGAIN_AFTER: frozenset[OutboundState] = frozenset({"busy", "no_answer", "machine", "somebody_else"})


class ReturnVisits:
    """Asks the callers of resolved tickets; the purpose of the calls it places.

    `random_id` gives 128 random bits in hexadecimal, for the one-time token of a call.
    """

    ring_seconds = 30
    limit_seconds = 900
    may_wait = True

    def __init__(
        self,
        directory: Callable[[], Directory],
        composer: Composer,
        random_id: Callable[[], str],
    ) -> None:
        self._directory = directory
        self._composer = composer
        self._random_id = random_id

    # --- what the sweep does

    def plan(self, connection: Connection, at: datetime) -> int:
        """Plan a visit for each resolution that has none; returns for how many."""
        planned = queries.unplanned(connection)
        for ticket_id in planned:
            row = connection.execute(
                select(
                    Ticket.id, Ticket.resolved_at, Ticket.channel, Ticket.caller,
                    Ticket.caller_index,
                ).where(Ticket.id == ticket_id)
            ).one()  # fmt: skip
            way = self._first_way(connection, row.channel, row.caller)
            start = self._next_time(connection, row.caller_index, at)
            service.add_visit(
                connection,
                row.id,
                row.resolved_at,
                way=way,
                next_try_at=None if way == "none" else start,
                silent_at=row.resolved_at + SILENCE if way == "none" else None,
            )
        return len(planned)

    def ask(self, connection: Connection, at: datetime) -> int:
        """Ask every caller whose time has come; returns how many."""
        due = queries.due(connection, at)
        for visit_id in due:
            visit = service.hold(connection, visit_id)
            if visit is None or visit.next_try_at is None:
                continue  # another worker was here first
            if not visit.is_wanted:
                service.withdraw(connection, visit, at)
            elif visit.way == "call":
                self._call(connection, visit, at)
            else:
                self._text(connection, visit, at)
        return len(due)

    # --- the purpose of calls

    def may_ring(self, connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        """Now, unless the ticket has moved on; and never at night, however late the job is."""
        visit = queries.find(connection, int(call.subject))
        if visit is None or not visit.is_wanted:
            return None
        if is_allowed(at, self._directory().calling_hours):
            return at
        return self._next_time(connection, visit.caller_index, at)

    def invitation(self, connection: Connection, call: Outgoing) -> Invitation:
        """What whoever answers hears."""
        visit = queries.find(connection, int(call.subject))
        language = visit.language if visit else ""
        return Invitation({"visit": call.subject}, language, "return_visit")

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        """A call is over: without a word, ask again or otherwise."""
        visit = service.hold(connection, int(call.subject))
        if visit is None:
            return
        if not visit.is_wanted or state == "cancelled":
            service.withdraw(connection, visit, at)
            return
        tries = visit.tries + 1
        happened = Happened(at, SYSTEM, "asked", detail={"by": "call", "try": tries, "how": state})
        write_event(connection, visit.ticket_id, happened)
        if call.call_sid is not None:
            link_call(connection, visit.ticket_id, call.call_sid, PURPOSE, at)
        service.change_visit(connection, visit, tries=tries, last_try_at=at)
        again = self._try_after(connection, visit, tries, at) if state in AGAIN_AFTER else None
        if again is not None:
            service.change_visit(connection, visit, next_try_at=again)
        else:
            self._ask_in_writing(connection, visit, at)

    # --- how

    def _call(self, connection: Connection, visit: Visit, at: datetime) -> None:
        plan = Plan(
            key=f"visit:{visit.id}:{visit.tries + 1}",
            token=self._random_id(),
            purpose=PURPOSE,
            subject=str(visit.id),
            actor=SYSTEM,
            number=visit.caller,
            citizen_index=visit.caller_index,
            due_at=at,
        )
        plan_call(connection, plan)
        service.change_visit(connection, visit, next_try_at=None)

    def _ask_in_writing(self, connection: Connection, visit: Visit, at: datetime) -> None:
        """Calls have done what they could; a text is next, if one can be sent."""
        if _can_be_texted(connection, visit.caller):
            start = next_time(at, self._directory().calling_hours)
            service.change_visit(connection, visit, way="text", next_try_at=start)
        else:
            service.change_visit(connection, visit, way="none", silent_at=at + SILENCE)

    def _text(self, connection: Connection, visit: Visit, at: datetime) -> None:
        key = "visit.ask_sealed" if visit.confidential else "visit.ask"
        values = {"number": visit.number}
        if not visit.confidential:
            values["outcome"] = visit.outcome
            values["category"] = self._composer.category(visit.category, visit.language)
        body = self._composer.compose(key, visit.language, **values)
        sent = send_text(
            connection,
            to=visit.caller,
            body=body,
            key=f"visit:{visit.id}",
            at=at,
            ticket_id=visit.ticket_id,
        )
        how = "sent" if sent else "not_wanted"
        happened = Happened(at, SYSTEM, "asked", detail={"by": "text", "how": how})
        write_event(connection, visit.ticket_id, happened)
        service.change_visit(
            connection,
            visit,
            way="text" if sent else "none",
            texted_at=at if sent else None,
            next_try_at=None,
            last_try_at=at,
            silent_at=at + SILENCE,
        )

    def _first_way(self, connection: Connection, channel: str, caller: str) -> Way:
        can_be_rung = (
            self._directory().entries.return_visit
            and may_be_rung(caller)
            and has_called_us(connection, caller)
        )
        if channel in BY_VOICE and can_be_rung:
            return "call"
        if _can_be_texted(connection, caller):
            return "text"
        return "call" if can_be_rung else "none"  # wants no texts, and has called before

    def _next_time(self, connection: Connection, caller_index: str, at: datetime) -> datetime:
        best = queries.best_time(connection, caller_index)
        return next_time(at, self._directory().calling_hours, best)

    def _try_after(
        self, connection: Connection, visit: Visit, tries: int, at: datetime
    ) -> datetime | None:
        best = queries.best_time(connection, visit.caller_index)
        return try_after(tries, at, self._directory().calling_hours, best)


def _can_be_texted(connection: Connection, number: str) -> bool:
    return can_be_texted(number) and not has_opted_out(connection, number)
