"""Sessions that no caller convenes: at their hour everybody is rung, or has called in before.

From then on they are sessions like any other: `service.Mediation` follows their legs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.flows.effects import ConveneMediation
from app.mediation import consequences, store
from app.mediation.appointed import seat_of
from app.mediation.consequences import Consequences
from app.mediation.states import ENDED, GATHERING, LOST, PRESENT, Leg, LegState, Role

GATHERING_SECONDS = 240  # from the hour until those who are there begin without the others


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is to take part: rung at `number`, unless they are on the line already by `call_sid`."""

    role: Role
    number: str
    call_sid: str = ""


class Summoning:
    """Begins sessions by appointment, with the rules and the chance of `Consequences`."""

    def __init__(self, then: Consequences) -> None:
        self._then = then

    def summon(
        self,
        connection: Connection,
        what: ConveneMediation,
        seats: Sequence[Seat],
        actor: str,
        at: datetime,
    ) -> Sequence[Leg]:
        """Begin a session: ring everybody who has not called in; the legs in the order of seats.

        `actor` causes the calls. No leg at all when the session is there already.
        """
        session = store.create(connection, what, at)
        if session is None:
            return ()
        legs = []
        for seat in seats:
            leg = self._leg(seat)
            session = store.add_leg(connection, session, leg, at)
            legs.append(leg)
            if leg.call_sid is None:
                consequences.ring(connection, leg, at, actor)
        consequences.expire_later(connection, session, at, GATHERING_SECONDS)
        self._then.advance(connection, session, at)
        return legs

    def sit(self, connection: Connection, session_id: str, seat: Seat, at: datetime) -> Leg | None:
        """Somebody has called in to a session that has begun: their leg, about to be asked.

        None when it is over. The telephone that was rung for them stops ringing; a call they were
        in before (it broke off) has no part in the session any more.
        """
        session = store.load(connection, session_id)
        if session is None or session.state in ENDED:
            return None
        same = session.leg_of_call(seat.call_sid)
        if same is not None:
            return None if same.state in LOST else same
        former = seat_of(session.legs, seat.number)
        leg = self._leg(seat)
        session = store.add_leg(connection, session, leg, at)
        if former is not None and former.state not in LOST:
            gone: LegState = "left" if former.state in PRESENT else "no_answer"
            if former.call_sid is not None:
                consequences.hang_up(connection, former, at)
            self._then.lose(connection, session, former, gone, at)
        elif session.state in GATHERING:
            self._then.advance(connection, session, at)
        return leg

    def _leg(self, seat: Seat) -> Leg:
        leg = self._then.new_leg(seat.role, seat.number)
        if not seat.call_sid:
            return leg
        return replace(leg, state="notice", call_sid=seat.call_sid)
