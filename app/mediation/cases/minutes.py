"""The minutes of a session: their timeline by itself, remarks of the mediator, the signature."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.calls.models import Recording
from app.mediation.cases.changes import Happened, change, lock
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeAssent, DisputeParty, DisputeSeat, DisputeSitting
from app.mediation.cases.seats import change_sitting, find_sitting
from app.mediation.cases.states import PartyRole
from app.mediation.models import MediationEvent, MediationLeg

LONGEST_REMARKS = 8_000
UNTOLD = frozenset({"inviting", "waiting"})  # states of a session that say nothing to people
# What only the mediator's own keys are about is nobody else's business.
UNTOLD_KINDS = frozenset({"refused", "poll_closed", "talk_on", "talk_not_on", "coach_end"})


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the minutes. `what` is a code; `name` is empty when it concerns all."""

    at: datetime
    what: str
    role: str = ""
    name: str = ""
    rank: int = 0


def timeline_of(connection: Connection, sitting_id: int, mediator: str) -> Sequence[Moment]:
    """Who came when, consented, spoke, was recorded, left; `mediator` is the mediator's name."""
    row = connection.execute(
        select(DisputeSitting.session_id).where(DisputeSitting.id == sitting_id)
    ).one()
    found = list(_arrivals(connection, sitting_id))
    if row.session_id is not None:
        who = _who(connection, sitting_id, row.session_id, mediator)
        assents = list(_assents(connection, sitting_id))
        for moment in _events(connection, row.session_id, who):
            if not (assents and moment.what == "answer.yes"):  # it is told as an assent
                found.append(moment)
        found += _recordings(connection, row.session_id)
        found += assents
    return sorted(found, key=lambda moment: (moment.at, moment.rank))


def write_remarks(
    connection: Connection, sitting_id: int, remarks: str, actor: str, at: datetime
) -> None:
    """Keep the mediator's remarks. Raises DisputeError once the minutes are signed."""
    case = lock(connection, find_sitting(connection, sitting_id).case_id)
    sitting = find_sitting(connection, sitting_id, lock=True)
    if sitting.signed_at is not None:
        raise DisputeError("笔录已经签字，不能再改。", "The minutes are signed and stand.")
    change_sitting(connection, sitting, remarks=remarks.strip()[:LONGEST_REMARKS])
    change(connection, case, Happened(at, actor, "minuted", detail={"sitting": sitting_id}))


def sign(connection: Connection, sitting_id: int, actor: str, at: datetime) -> bool:
    """The mediator signs the minutes off; returns False when they are signed already.

    Raises DisputeError for a session that has not begun.
    """
    case = lock(connection, find_sitting(connection, sitting_id).case_id)
    sitting = find_sitting(connection, sitting_id, lock=True)
    if sitting.state != "called":
        raise DisputeError("这次调解还没有开始。", "This session has not begun.")
    if sitting.signed_at is not None:
        return False
    change_sitting(connection, sitting, signed_by=actor, signed_at=at)
    change(connection, case, Happened(at, actor, "signed", detail={"sitting": sitting_id}))
    return True


_Who = Mapping[str, tuple[str, str]]  # role and name by leg


def _who(connection: Connection, sitting_id: int, session_id: str, mediator: str) -> _Who:
    """Everybody who had a leg: by their seat, or a later leg of the same telephone."""
    seats = connection.execute(
        select(DisputeSeat.number, DisputeSeat.role, DisputeParty.name)
        .outerjoin(DisputeParty, DisputeParty.id == DisputeSeat.party_id)
        .where(DisputeSeat.sitting_id == sitting_id)
    )
    by_number: dict[str, tuple[PartyRole, str]] = {
        row.number: (row.role, row.name or mediator) for row in seats
    }
    legs = connection.execute(
        select(MediationLeg.id, MediationLeg.number, MediationLeg.role, MediationLeg.name).where(
            MediationLeg.session_id == session_id
        )
    )
    return {leg.id: by_number.get(leg.number, (leg.role, leg.name or leg.number)) for leg in legs}


def _arrivals(connection: Connection, sitting_id: int) -> Iterator[Moment]:
    """Those who dialled in themselves."""
    query = (
        select(DisputeSeat.arrived_at, DisputeSeat.role, DisputeParty.name)
        .join(DisputeParty, DisputeParty.id == DisputeSeat.party_id)
        .where(DisputeSeat.sitting_id == sitting_id, DisputeSeat.arrived_at.is_not(None))
    )
    for row in connection.execute(query):
        yield Moment(row.arrived_at, "dialled_in", row.role, row.name)


def _events(connection: Connection, session_id: str, who: _Who) -> Iterator[Moment]:
    query = select(MediationEvent.__table__).where(MediationEvent.session_id == session_id)
    for row in connection.execute(query.order_by(MediationEvent.id)):
        role, name = who.get(row.leg_id or "", ("", ""))
        if row.kind == "session":
            if row.to_state not in UNTOLD:
                yield Moment(row.at, f"session.{row.to_state}", rank=2)
        elif row.kind == "leg":
            if row.to_state != "held":
                yield Moment(row.at, f"leg.{row.to_state}", role, name, rank=1)
        elif row.kind == "poll_answer":
            yield Moment(row.at, f"answer.{json.loads(row.detail)['answer']}", role, name, rank=3)
        elif row.kind not in UNTOLD_KINDS:
            yield Moment(row.at, row.kind, role, name, rank=3)


def _recordings(connection: Connection, session_id: str) -> Iterator[Moment]:
    of_session = select(MediationLeg.call_sid).where(MediationLeg.session_id == session_id)
    query = select(Recording.at, Recording.status).where(Recording.call_sid.in_(of_session))
    for row in connection.execute(query):
        yield Moment(row.at, "recording", rank=3)


def _assents(connection: Connection, sitting_id: int) -> Iterator[Moment]:
    query = (
        select(DisputeAssent.at, DisputeParty.role, DisputeParty.name)
        .outerjoin(DisputeParty, DisputeParty.id == DisputeAssent.party_id)
        .where(DisputeAssent.sitting_id == sitting_id)
    )
    for row in connection.execute(query):
        yield Moment(row.at, "said_yes", row.role or "", row.name or "", rank=4)
