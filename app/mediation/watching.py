"""Looking how a session really stands, and making good what was lost on the way.

Every few seconds the network is asked who is in which conference and whose call is over; what it
says is compared with the rows. Whatever event was lost, its consequence is drawn by the next look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.retry_law import AGAIN_SECONDS
from app.calls.telephony import Participant, TelephonyError
from app.jobs.runner import RetryLater, Tools
from app.jobs.service import Payload
from app.mediation import consequences, store
from app.mediation.floor import seats
from app.mediation.service import Mediation
from app.mediation.states import ANSWERED, ENDED, PRESENT, RINGING, Leg, ended_as, mediator_of
from app.mediation.store import Session

log = structlog.get_logger()

UNDER_WAY = ANSWERED | RINGING


@dataclass(slots=True)
class Sight:
    """What the network says: who is in which conference, what has ended, and what it did not say.

    `over` are calls with their final statuses.
    """

    present: dict[str, tuple[Participant, ...]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    over: dict[str, str] = field(default_factory=dict)
    troubles: int = 0


class Watching:
    """The job that looks, and what it leads to."""

    def __init__(self, mediation: Mediation) -> None:
        self._mediation = mediation
        self._then = mediation.then

    def look(self, payload: Payload, tools: Tools) -> None:
        """Look after a session, until nothing of it is alive.

        The next look is asked for first: whatever goes wrong with this one, the chain goes on. Only
        a look that was hinted at, and has none behind it, is tried again.
        """
        session_id: str = payload["session"]
        with tools.database.writing() as connection:
            session = self._mediation.locked(connection, session_id)
            now = tools.clock.now()
            alive = store.not_ended(connection, session_id, now)
            if session is None or _is_over(session, alive):
                return
            if "look" in payload:
                consequences.look_again(connection, session_id, payload["look"] + 1, now)
        sight = _sight(session, alive, tools)
        with tools.database.writing() as connection:
            self.observe(connection, session_id, sight, tools.clock.now())
        if sight.troubles and "look" not in payload:
            raise RetryLater(AGAIN_SECONDS)

    def observe(self, connection: Connection, session_id: str, sight: Sight, at: datetime) -> None:
        """Draw the consequences of what was seen."""
        for conference in sight.ended:
            store.mark_ended(connection, conference, at)
        session = self._mediation.locked(connection, session_id)
        if session is None:
            return
        for conference, participants in sight.present.items():
            self._judge(connection, session, conference, participants, at)
        for call_sid, status in sight.over.items():
            leg = session.leg_of_call(call_sid)
            if leg is not None:
                lost_as = ended_as(leg.state, status)
                session = self._then.lose(connection, session, leg, lost_as, at)
        if session.state == "open" and _has_lasted(session, at):
            self._then.close(connection, session, at)
            return
        for leg in session.legs:
            if _waits_in_vain(session, leg):
                self._then.fetch(connection, leg, at)

    def _judge(
        self,
        connection: Connection,
        session: Session,
        conference: str,
        participants: tuple[Participant, ...],
        at: datetime,
    ) -> None:
        """Whether those who are in a conference belong there."""
        if participants and conference != session.floor:
            payload: Payload = {"conference": conference}
            subject = f"{conference}:{at.isoformat()}"
            consequences.ask(connection, "end_floor", subject, payload, at)
        for participant in participants:
            leg = session.leg_of_call(participant.call_sid)
            if leg is None:
                consequences.remove_stranger(
                    connection, session.id, conference, participant.call_sid, at
                )
            elif conference != session.floor:
                continue
            elif leg.id not in seats(session.legs, session.wishes):
                self._put_out(connection, conference, leg, at)
            elif participant.muted != leg.is_muted:
                subject = f"{leg.id}:{at.isoformat()}"
                consequences.ask(connection, "adjust", subject, {"leg": leg.id}, at)

    def _put_out(self, connection: Connection, conference: str, leg: Leg, at: datetime) -> None:
        if leg.state in PRESENT:
            self._then.fetch(connection, leg, at)
            return
        payload: Payload = {"conference": conference, "call": str(leg.call_sid)}
        subject = f"{conference}:{leg.call_sid}:{at.isoformat()}"
        consequences.ask(connection, "remove_unknown", subject, payload, at)


def _sight(session: Session, alive: list[str], tools: Tools) -> Sight:
    """Ask the network. What it does not say is left out and counted as trouble."""
    sight = Sight()
    for conference in alive:
        try:
            tools.telephony.end_conference(conference)
            sight.ended.append(conference)
        except TelephonyError as error:
            sight.troubles += _trouble("end", session.id, error)
    names = {leg.floor for leg in session.legs if leg.floor} | {session.floor}
    for conference in sorted(names.difference(sight.ended, {""})):
        try:
            sight.present[conference] = tuple(tools.telephony.participants(conference))
        except TelephonyError as error:
            sight.troubles += _trouble("participants", session.id, error)
    for call_sid in _unseen(session, sight.present):
        try:
            status = tools.telephony.final_status(call_sid)
        except TelephonyError as error:
            sight.troubles += _trouble("status", session.id, error)
            continue
        if status:
            sight.over[call_sid] = status
    return sight


def _trouble(what: str, session_id: str, error: TelephonyError) -> int:
    log.info("mediation.not_seen", what=what, session=session_id, error=str(error))
    return 1


def _unseen(session: Session, present: Mapping[str, tuple[Participant, ...]]) -> list[str]:
    """The calls that ought to go on and were not seen in a conference."""
    seen = {one.call_sid for participants in present.values() for one in participants}
    calls = [leg.call_sid for leg in session.legs if leg.state in UNDER_WAY and leg.call_sid]
    return [call_sid for call_sid in calls if call_sid not in seen]


def _is_over(session: Session, alive: list[str]) -> bool:
    is_alive = any(leg.state in UNDER_WAY and leg.call_sid for leg in session.legs)
    return session.state in ENDED and not alive and not is_alive


def _has_lasted(session: Session, at: datetime) -> bool:
    too_long = session.ends_at is not None and at >= session.ends_at
    return too_long or mediator_of(session.legs) is None


def _waits_in_vain(session: Session, leg: Leg) -> bool:
    """Whether a leg waits although its floor is open, or goes on in a session that is over."""
    if session.state in ENDED:
        return leg.state in ANSWERED
    if leg.state != "held":
        return False
    if not session.floor or (leg.role == "mediator" and session.wishes.talks_on):
        return False
    return leg.id in seats(session.legs, session.wishes)
