"""Sessions that no caller convenes: everybody is rung at once, or has called in before.

From then on they are sessions like any other: `service.Mediation` follows their legs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.mediation import consequences, store
from app.mediation.consequences import Consequences
from app.mediation.states import ENDED, LOST, Leg, Role
from app.mediation.store import Session

GATHERING_SECONDS = 240  # until somebody must be there with whom the mediator can begin


@dataclass(frozen=True, slots=True)
class Summoned:
    """Who is to take part: rung at `number`, unless on the line already by `call_sid`.

    `name` is shown and spoken, a department's key for one of those. Without a `language` it is the
    one the telephone's owner chose last, else the default.
    """

    role: Role
    number: str
    name: str = ""
    language: str = ""
    call_sid: str = ""


class Summoning:
    """Begins such sessions, with the rules and the chance of `Consequences`.

    `language_of` gives the language that somebody chose last, empty when none.
    """

    def __init__(self, then: Consequences, language_of: Callable[[Connection, str], str]) -> None:
        self._then = then
        self._language_of = language_of

    def summon(
        self,
        connection: Connection,
        session_id: str,
        summoned: Sequence[Summoned],
        at: datetime,
        department: str = "",
        actor: str = "system",
    ) -> Sequence[Leg]:
        """Begin a session with everybody at once, the mediator among them; the legs in that order.

        `session_id` is 128 fresh random bits in hexadecimal; given again, nothing happens and there
        are no legs. `actor` causes the calls.
        """
        language = self._then.directory.default_language
        session = store.create(connection, session_id, department, language, at)
        if session is None:
            return ()
        for party in summoned:
            session = self.seat(connection, session, party, at, actor)
        legs = session.legs
        self._then.gather(connection, session, at, GATHERING_SECONDS)
        return legs

    def seat(
        self,
        connection: Connection,
        session: Session,
        party: Summoned,
        at: datetime,
        actor: str = "system",
        *,
        instead_of: str = "",
    ) -> Session:
        """Add one more and ring them, or ask them who are on the line already.

        `instead_of` is the party whose earlier leg this one takes over, empty for a new party.
        """
        language = party.language or self._language_of(connection, party.number)
        leg = self._then.new_leg(
            party.role,
            party.number,
            party=instead_of,
            name=party.name,
            language=language or self._then.directory.default_language,
        )
        if party.call_sid:
            leg = replace(leg, state="notice", call_sid=party.call_sid)
            return store.add_leg(connection, session, leg, at)
        return self._then.ring(connection, session, leg, at, actor)

    def sit(
        self, connection: Connection, session_id: str, party: Summoned, at: datetime
    ) -> Leg | None:
        """Somebody has called in to a session that has begun: their leg, about to be asked.

        None when it is over. The telephone that was rung for them stops ringing; a call they were
        in before (it broke off) has no part in the session any more.
        """
        session = store.load(connection, session_id)
        if session is None or session.state in ENDED:
            return None
        same = session.leg_of_call(party.call_sid)
        if same is not None:
            return None if same.state in LOST else same
        former = next((leg for leg in reversed(session.legs) if leg.number == party.number), None)
        taken_over = former.party if former is not None else ""
        session = self.seat(connection, session, party, at, instead_of=taken_over)
        leg = session.legs[-1]
        if former is not None and former.state not in LOST:
            if former.call_sid is not None:
                consequences.hang_up(connection, former, at)
            # A call that is being placed just now is hung up once it is known: it was left.
            self._then.lose(connection, session, former, "left", at)
        else:
            self._then.advance(connection, session, at)
        return leg
