"""At the hour: everybody is rung, or comes in by telephone with a PIN."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, select

from app.calls.facts import CallEnded, CallFacts
from app.calls.wiring import Invitation, InvitationFinder
from app.flows.context import SeatDoor, SeatDoorLookup, SeatFound, SeatLookup
from app.flows.effects import LeaveSeat, MissSeatPin, TakeSeat
from app.mediation import store
from app.mediation.cases import seats
from app.mediation.cases.changes import SYSTEM, Happened, change, lock
from app.mediation.cases.door import SeatClaim, judge
from app.mediation.cases.models import DisputeCase
from app.mediation.cases.states import PartyRole
from app.mediation.states import ENDED, Role
from app.mediation.summoning import Summoned, Summoning
from app.people.pins.door import count_miss, let_in
from app.tickets.links.service import link_call

LATE = timedelta(minutes=15)  # a session that could not begin until then is missed

Outcome = Literal["called", "missed", "nothing"]
ROLES: dict[PartyRole, Role] = {
    "mediator": "mediator",
    "department": "department",
    "interpreter": "interpreter",
}


class Summons:
    """Begins planned sessions and seats those who call in.

    `random_id` gives 128 random bits in hexadecimal; `invitation` is how a telephone session says
    what an answered call was rung for.
    """

    def __init__(
        self,
        summoning: Summoning,
        random_id: Callable[[], str],
        invitation: InvitationFinder,
    ) -> None:
        self._summoning = summoning
        self._random_id = random_id
        self._invitation = invitation

    def summon(
        self, connection: Connection, sitting_id: int, moves: int, actor: str, at: datetime
    ) -> Outcome:
        """The hour has come: begin the session, once, unless it was moved or cancelled.

        One that is far too late (the service was away) is missed: nobody is rung unawares.
        """
        case = lock(connection, seats.find_sitting(connection, sitting_id).case_id)
        sitting = seats.find_sitting(connection, sitting_id, lock=True)
        if sitting.state != "planned" or sitting.moves != moves:
            return "nothing"
        detail = {"sitting": sitting_id}
        if at - sitting.planned_at > LATE:
            seats.change_sitting(connection, sitting, state="missed")
            change(connection, case, Happened(at, SYSTEM, "missed", detail=detail))
            return "missed"
        session = self._random_id()
        taken = seats.seats_of(connection, sitting_id)
        summoned = [_summoned(connection, seat) for seat in taken]
        legs = self._summoning.summon(connection, session, summoned, at, case.department, actor)
        for seat, leg in zip(taken, legs, strict=True):
            seats.change_seat(connection, seat.id, leg_id=leg.id)
        seats.change_sitting(connection, sitting, state="called", session_id=session)
        after = "in_session" if case.state == "open" else case.state
        change(connection, case, Happened(at, actor, "called", detail=detail), after)
        return "called"

    # --- what a call is told, and does

    def at_the_door(
        self, connection: Connection, lookup: SeatDoorLookup, call: CallFacts
    ) -> SeatDoor:
        """Whether somebody who calls in has a seat."""
        answer, seat = judge(connection, SeatClaim(lookup.case, call.caller), lookup.pin, call.at)
        if answer == "right" and seat is not None:
            return SeatDoor("open", str(seat.id), seat.planned_at)
        return SeatDoor("shut" if answer == "shut" else "wrong")

    def find_seat(
        self, connection: Connection, lookup: SeatLookup, call: CallFacts
    ) -> SeatFound | None:
        """How the session of a seat stands, for the call that took it last."""
        seat = seats.find_seat(connection, int(lookup.seat)) if lookup.seat.isdigit() else None
        if seat is None or seat.call_sid != call.sid:
            return None
        sitting = seats.find_sitting(connection, seat.sitting_id)
        if sitting.state == "planned":
            return SeatFound("waiting", sitting.planned_at)
        session = store.load(connection, sitting.session_id or "", lock=False)
        leg = session.leg_of_call(call.sid) if session else None
        if session is None or leg is None or session.state in ENDED:
            return SeatFound("over", sitting.planned_at)
        return SeatFound(
            "begun",
            sitting.planned_at,
            seat.language,
            session.id,
            leg.id,
            leg.role,
            session.department,
        )

    def take_seat(self, connection: Connection, effect: TakeSeat, call: CallFacts) -> None:
        """A PIN was right. Raises TooManyAttemptsError: taken again, the step finds it shut."""
        let_in(connection, SeatClaim(effect.case, call.caller), call.at)
        seat = seats.find_seat(connection, int(effect.seat))
        if seat is None:
            return
        sitting = seats.find_sitting(connection, seat.sitting_id, lock=True)
        seats.change_seat(connection, seat.id, call_sid=call.sid, arrived_at=call.at)
        _about(connection, sitting.case_id, call.sid, call.at)
        if sitting.state == "called" and sitting.session_id is not None:
            here = replace(_summoned(connection, seat), call_sid=call.sid)
            leg = self._summoning.sit(connection, sitting.session_id, here, call.at)
            if leg is not None:
                seats.change_seat(connection, seat.id, leg_id=leg.id)

    def miss_pin(self, connection: Connection, effect: MissSeatPin, call: CallFacts) -> None:
        """Count a wrong PIN."""
        count_miss(connection, SeatClaim(effect.case, call.caller), call.at)

    def leave_seat(self, connection: Connection, effect: LeaveSeat, call: CallFacts) -> None:
        """A party did not wait for the hour, and will be rung."""
        seats.free_seats_of_call(connection, call.sid)

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: a party who waited in it will be rung at the hour."""
        seats.free_seats_of_call(connection, ended.sid)

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was rung for: a party hears it in their own language."""
        found = self._invitation(connection, token, call_sid, at)
        session_id = found.variables.get("session") if found else None
        if found is None or session_id is None:
            return found
        sitting = seats.sitting_of_session(connection, session_id)
        if sitting is None:
            return found
        number = _about(connection, sitting.case_id, call_sid, at)
        leg = found.variables.get("leg")
        own = [one for one in seats.seats_of(connection, sitting.id) if one.leg_id == leg]
        language = own[0].language if own else found.language
        return replace(found, language=language, variables={**found.variables, "case": number})


def _about(connection: Connection, case_id: int, call_sid: str, at: datetime) -> str:
    """Note that a call is about the case's ticket, whose seal covers it; the case's number."""
    case = connection.execute(
        select(DisputeCase.number, DisputeCase.ticket_id).where(DisputeCase.id == case_id)
    ).one()
    if case.ticket_id is not None:
        link_call(connection, case.ticket_id, call_sid, "mediation", at)
    return str(case.number)


def _summoned(connection: Connection, seat: seats.Seat) -> Summoned:
    role, name = ROLES.get(seat.role, "party"), seats.name_of(connection, seat)
    return Summoned(role, seat.number, name, seat.language, seat.call_sid)
