"""The verbs of escalations: effects of calls, hooks of callbacks, and what the jobs report back.

Every verb may be applied twice and in any order: it locks its escalation, moves a leg only where
that makes sense, and then asks the next in the line, until somebody takes the ticket.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallEnded, CallFacts
from app.calls.telephony import CallOrder
from app.calls.wiring import Invitation
from app.flows.directory import Directory
from app.flows.effects import PassTicket, TakeTicket
from app.jobs.service import Payload, enqueue
from app.people.roster.contacts import Contact, staff_contact
from app.tickets.changes import Happened, Standing, lock_by_id, write_event
from app.tickets.clocks.escalation import store
from app.tickets.clocks.escalation.line import Line, line_of
from app.tickets.clocks.escalation.models import CallState
from app.tickets.clocks.escalation.states import (
    RINGING,
    TAKEABLE,
    UNDER_WAY,
    Leg,
    ended_as,
    is_exhausted,
    next_leg,
)
from app.tickets.clocks.escalation.store import Case
from app.tickets.clocks.escalation.taking import AlreadyTakenError, take_over
from app.tickets.clocks.models import ClockName
from app.tickets.clocks.need import is_needed
from app.tickets.clocks.telling import nobody_took_it, sentence, supervisors, tell

log = structlog.get_logger()

RING_SECONDS = 25
CALL_SECONDS = 240
UNANSWERED_SECONDS = 60  # after which a call whose outcome nobody told is held for unanswered
FORGOTTEN_SECONDS = RING_SECONDS + CALL_SECONDS + 60  # after which any call is over

RING, HANG_UP, EXPIRE = "escalation.ring", "escalation.hang_up", "escalation.expire"
TURN_WAYS = ("console", "sms", "push")


class Escalations:
    """Escalations, by the directory in force at each instant and a source of chance.

    `random_hex` gives 128 random bits in hexadecimal. `has_own_line` says of a ticket that people
    are rung about it already (an emergency).
    """

    def __init__(
        self,
        directory: Callable[[], Directory],
        random_hex: Callable[[], str],
        has_own_line: Callable[[Connection, int], bool] = lambda _connection, _ticket: False,
    ) -> None:
        self._directory = directory
        self._random_hex = random_hex
        self._has_own_line = has_own_line

    def start(
        self, connection: Connection, ticket: Standing, clock: ClockName, at: datetime
    ) -> bool:
        """Look for somebody who takes a ticket; False when its line is being asked already."""
        if store.open_cases(connection, ticket.id) or self._has_own_line(connection, ticket.id):
            return False
        line = line_of(connection, self._directory(), ticket, at)
        source = f"{ticket.id}:{clock}:{ticket.clocks.clock_round}"
        return self._begin(connection, ticket, clock, source, line, at)

    def ring_for_alert(
        self,
        connection: Connection,
        alert_id: int,
        staff_id: int,
        ticket_id: int | None,
        at: datetime,
    ) -> None:
        """Ring one member of staff about a ticket, for an alert that goes by call."""
        person = staff_contact(connection, staff_id)
        if person is not None and ticket_id is not None:
            ticket = lock_by_id(connection, ticket_id)
            line: Line = [("person", person)]
            self._begin(connection, ticket, "complete", f"alert:{alert_id}", line, at)

    # --- effects of calls

    def take(self, connection: Connection, _effect: TakeTicket, call: CallFacts) -> None:
        """The person on this call has pressed 1: the ticket is theirs. Which call, it tells itself.

        Raises AlreadyTakenError when somebody else has it, or nothing is left to be taken.
        """
        case = self._locked(connection, store.case_of_call(connection, call.sid))
        if case is None:
            raise AlreadyTakenError("this call belongs to no escalation")
        leg = next(leg for leg in case.legs if leg.call_sid == call.sid)
        if leg.state == "taken":
            return
        ticket = lock_by_id(connection, case.ticket_id)
        if case.state not in TAKEABLE or not is_needed(ticket, case.clock):
            raise AlreadyTakenError("somebody else has it, or it is settled")
        take_over(connection, ticket, leg.staff_id, leg.rung, call.at)
        case = self._end(connection, case, leg, "taken", call.at)
        store.move_case(connection, case, "taken", ended_at=call.at, taken_by=leg.staff_id)
        self._release(connection, case, call.at)

    def pass_on(self, connection: Connection, effect: PassTicket, call: CallFacts) -> None:
        """This call brought nobody who takes it: a machine, silence, or the key 3."""
        case = self._locked(connection, store.case_of_call(connection, call.sid))
        if case is None:
            return
        leg = next(leg for leg in case.legs if leg.call_sid == call.sid)
        self._lose(connection, case, leg, effect.reason, call.at)

    # --- hooks of callbacks

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was rung for; binds the one-time token to the call (threat T17)."""
        case = self._locked(connection, store.case_of_token(connection, token))
        if case is None:
            return None
        leg = next(leg for leg in case.legs if leg.token == token)
        if leg.call_sid is None:
            case = store.bind_call(connection, case, leg, call_sid)
        elif leg.call_sid != call_sid:
            log.warning("escalation.token_of_another_call", escalation=case.id, call=call_sid)
            return None
        leg = case.leg(leg.id)
        if leg.state in RINGING:
            store.move_leg(connection, case, leg, "answered", answered_at=at)
        return Invitation({"leg": leg.id}, leg.language, entry="escalation")

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: whoever it rang has not taken the ticket, unless they had before."""
        case_id = store.case_of_call(connection, ended.sid)
        case = self._locked(connection, case_id or store.case_of_token(connection, ended.leg))
        if case is None:
            return
        leg = next(leg for leg in case.legs if ended.sid == leg.call_sid or ended.leg == leg.token)
        if leg.call_sid is None:
            case = store.bind_call(connection, case, leg, ended.sid)
        elif leg.call_sid != ended.sid:
            return  # another call's token
        leg = case.leg(leg.id)
        self._lose(connection, case, leg, ended_as(leg.state, ended.status), ended.at)

    # --- what the jobs report

    def begin_dialling(self, connection: Connection, leg_id: str, at: datetime) -> CallOrder | None:
        """The call to be placed for a leg, now marked as placed; None when none is to be placed.

        A leg that was marked and has no call is left by a worker that died while it asked: whether
        it rings is unknown, and it is not rung again (law L4).
        """
        case, leg = self._leg(connection, leg_id)
        if leg.state != "dialing" or case.state != "open":
            return None
        if leg.is_placed:
            if leg.call_sid is None:
                store.move_leg(connection, case, leg, "unknown")
            return None
        if not is_needed(lock_by_id(connection, case.ticket_id), case.clock):
            self._cancel(connection, case, at)
            return None
        store.mark_placed(connection, leg, at)
        return CallOrder(leg.number, leg.token, RING_SECONDS, CALL_SECONDS, purpose="escalation")

    def not_placed(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """A call was certainly not placed and may be tried again."""
        _, leg = self._leg(connection, leg_id)
        if leg.call_sid is None:
            store.mark_placed(connection, leg, None)

    def placed(self, connection: Connection, leg_id: str, call_sid: str, at: datetime) -> None:
        """A call was placed; its webhooks may have been here first."""
        case, leg = self._leg(connection, leg_id)
        if leg.call_sid is None:
            case = store.bind_call(connection, case, leg, call_sid)
            leg = case.leg(leg.id)
        if leg.state not in UNDER_WAY and leg.state != "taken":
            _hang_up(connection, leg, at)

    def undialable(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """The network refused the call for good."""
        case, leg = self._leg(connection, leg_id)
        self._lose(connection, case, leg, "failed", at)

    def outcome_unknown(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """Nobody knows whether a call was placed: wait for its webhooks, never ring again."""
        case, leg = self._leg(connection, leg_id)
        if leg.state == "dialing":
            store.move_leg(connection, case, leg, "unknown")

    def expire(
        self, connection: Connection, leg_id: str, at: datetime, *, even_answered: bool
    ) -> None:
        """A call has had its time: one that still rings, or is silent for ever, is given up."""
        case, leg = self._leg(connection, leg_id)
        if leg.state in (UNDER_WAY if even_answered else RINGING):
            if leg.call_sid is not None:
                _hang_up(connection, leg, at)
            self._lose(connection, case, leg, "no_answer", at)

    # --- the line

    def _begin(
        self,
        connection: Connection,
        ticket: Standing,
        clock: ClockName,
        source: str,
        line: Line,
        at: datetime,
    ) -> bool:
        case_id = self._random_hex()
        if not store.create(connection, case_id, source, ticket.id, clock, at):
            return False
        for position, (rung, contact) in enumerate(line):
            leg = Leg(
                id=self._random_hex(),
                escalation_id=case_id,
                position=position,
                rung=rung,
                staff_id=contact.staff_id,
                number=contact.phone,
                language=contact.language,
                token=self._random_hex(),
                call_sid=None,
                state="planned",
                is_placed=False,
            )
            store.add_leg(connection, leg)
        self._note(connection, ticket.id, at, "escalated", {"clock": clock, "line": len(line)})
        log.info("ticket.escalated", ticket=ticket.id, clock=clock, line=len(line))
        case = self._locked(connection, case_id)
        assert case is not None
        self._advance(connection, case, at)
        return True

    def _advance(self, connection: Connection, case: Case, at: datetime) -> None:
        """Ask the next in the line, unless somebody is being asked or nobody need be asked."""
        while case.state == "open":
            ticket = lock_by_id(connection, case.ticket_id)
            if not is_needed(ticket, case.clock):
                self._cancel(connection, case, at)
                return
            leg = next_leg(case.legs)
            if leg is None:
                if is_exhausted(case.legs):
                    self._exhaust(connection, case, ticket, at)
                return
            case = self._ask(connection, case, leg, ticket, at)

    def _ask(
        self, connection: Connection, case: Case, leg: Leg, ticket: Standing, at: datetime
    ) -> Case:
        """It is this person's turn: tell them on every screen, and ring them."""
        directory = self._directory()
        tell(
            connection,
            Contact(leg.staff_id, "", leg.number, leg.language),
            key=f"escalation:{case.id}:{leg.position}",
            kind="ticket.overdue",
            ticket_id=case.ticket_id,
            words=sentence(directory, ticket, case.clock, 100, 0),
            at=at,
            ways=TURN_WAYS,
        )
        if not leg.number or not directory.entries.escalation:
            return self._end(connection, case, leg, "failed", at)
        _enqueue(connection, RING, leg.id, {"leg": leg.id}, at)
        for seconds, even_answered in ((UNANSWERED_SECONDS, False), (FORGOTTEN_SECONDS, True)):
            payload: Payload = {"leg": leg.id, "even_answered": even_answered}
            _enqueue(connection, EXPIRE, f"{leg.id}:{seconds}", payload, at, seconds)
        return store.move_leg(connection, case, leg, "dialing")

    def _lose(
        self, connection: Connection, case: Case, leg: Leg, state: CallState, at: datetime
    ) -> None:
        """This person has not taken it: the next is asked. Repeated or late, nothing happens."""
        if leg.state in UNDER_WAY:
            self._advance(connection, self._end(connection, case, leg, state, at), at)

    def _end(
        self, connection: Connection, case: Case, leg: Leg, state: CallState, at: datetime
    ) -> Case:
        detail = {"rung": leg.rung, "staff": leg.staff_id, "result": state}
        self._note(connection, case.ticket_id, at, "asked", detail)
        return store.move_leg(connection, case, leg, state, ended_at=at)

    def _cancel(self, connection: Connection, case: Case, at: datetime) -> None:
        """It was settled meanwhile: nobody else is asked."""
        case = store.move_case(connection, case, "cancelled", ended_at=at)
        self._release(connection, case, at)

    def _release(self, connection: Connection, case: Case, at: datetime) -> None:
        """Those still ringing are let go; those who hear it now are told that it is too late."""
        for leg in case.legs:
            if leg.state == "planned" or leg.state in RINGING:
                case = store.move_leg(connection, case, leg, "cancelled", ended_at=at)
                if leg.call_sid is not None:
                    _hang_up(connection, leg, at)

    def _exhaust(self, connection: Connection, case: Case, ticket: Standing, at: datetime) -> None:
        """Everybody was asked in vain: the supervisors must see to it."""
        store.move_case(connection, case, "exhausted", ended_at=at)
        self._note(connection, case.ticket_id, at, "unanswered", {"clock": case.clock})
        log.error("ticket.nobody_took_it", ticket=case.ticket_id, clock=case.clock)
        for person in supervisors(connection, ticket.department):
            tell(
                connection,
                person,
                key=f"exhausted:{case.id}",
                kind="ticket.nobody_took_it",
                ticket_id=case.ticket_id,
                words=nobody_took_it(self._directory(), ticket),
                at=at,
                ways=TURN_WAYS,
            )

    def _note(
        self,
        connection: Connection,
        ticket_id: int,
        at: datetime,
        event: str,
        detail: Mapping[str, object],
    ) -> None:
        write_event(connection, ticket_id, Happened(at, "system", event, detail=detail))

    def _locked(self, connection: Connection, case_id: str | None) -> Case | None:
        return store.load(connection, case_id) if case_id else None

    def _leg(self, connection: Connection, leg_id: str) -> tuple[Case, Leg]:
        """A leg that a job names, and its escalation, locked."""
        case = self._locked(connection, store.case_of_leg(connection, leg_id))
        if case is None:
            raise LookupError(f"there is no escalation leg {leg_id}")
        return case, case.leg(leg_id)


def _hang_up(connection: Connection, leg: Leg, at: datetime) -> None:
    _enqueue(connection, HANG_UP, leg.id, {"leg": leg.id}, at)


def _enqueue(
    connection: Connection,
    kind: str,
    subject: str,
    payload: Payload,
    at: datetime,
    after_seconds: float = 0,
) -> None:
    enqueue(connection, kind, f"{kind}:{subject}", payload, at + timedelta(seconds=after_seconds))
