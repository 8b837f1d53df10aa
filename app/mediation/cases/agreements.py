"""The text of the agreement in versions, and each party's yes to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select
from sqlalchemy.orm import aliased

from app.database import insert_once
from app.mediation.cases.changes import Happened, change, lock, write_event
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import (
    DisputeAgreement,
    DisputeAssent,
    DisputeSeat,
    DisputeSitting,
)
from app.mediation.models import MediationLeg, MediationSession

LONGEST_PART = 6_000
MOST_COPIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an agreement says (People's Mediation Law, article 29).

    `facts` are the main facts, `matters` what is in dispute and who answers for what, `terms` what
    was agreed, `performance` how, where and until when it is done. `copies` is how many originals
    there are: one for each party and one for the mediation committee.
    """

    facts: str
    matters: str
    terms: str
    performance: str
    copies: int
    recorder: str = ""


def write_draft(
    connection: Connection, case_id: int, draft: Draft, seen: int, actor: str, at: datetime
) -> int:
    """Keep a new version; returns its number. `seen` is the version it was written upon.

    Raises DisputeError when nothing was agreed in it, somebody else wrote a version meanwhile, it
    is being read to the parties, is in effect, or the case ended without one.
    """
    case = lock(connection, case_id)
    if case.effective_on is not None or case.state in ("failed", "withdrawn"):
        raise DisputeError("协议书已经定了，不能再改。", "The agreement stands as it is.")
    if _is_being_read(connection, case_id):
        raise DisputeError(
            "正在电话里向各方宣读协议，念完再改。",
            "The agreement is just being read to the parties: change it afterwards.",
        )
    if not draft.terms.strip():
        raise DisputeError("请写明达成的协议内容。", "Write what was agreed.")
    if not 1 <= draft.copies <= MOST_COPIES:
        raise DisputeError("份数不对。", "The number of copies is not right.")
    version = _newest(connection, case_id)
    if version != seen:
        raise DisputeError(
            "刚才有人改过协议书：请看一眼新的一版，再改一次。",
            "Somebody has just changed the agreement: look at the new version, then repeat this.",
        )
    connection.execute(
        insert(DisputeAgreement).values(
            case_id=case_id,
            version=version + 1,
            facts=draft.facts.strip()[:LONGEST_PART],
            matters=draft.matters.strip()[:LONGEST_PART],
            terms=draft.terms.strip()[:LONGEST_PART],
            performance=draft.performance.strip()[:LONGEST_PART],
            copies=draft.copies,
            recorder=draft.recorder.strip()[:100],
            made_by=actor,
            made_at=at,
        )
    )
    change(connection, case, Happened(at, actor, "drafted", detail={"version": version + 1}))
    return version + 1


def latest_id(connection: Connection, case_id: int) -> int | None:
    """The id of the version that counts, or None."""
    query = select(DisputeAgreement.id).where(DisputeAgreement.case_id == case_id)
    found: int | None = connection.execute(
        query.order_by(DisputeAgreement.version.desc()).limit(1)
    ).scalar()
    return found


def note_yes(connection: Connection, session_id: str, leg_id: str, at: datetime) -> bool:
    """Note a party's yes to the version that counts; see `service.note_yes`."""
    of_session = select(DisputeSitting.id, DisputeSitting.case_id).where(
        DisputeSitting.session_id == session_id
    )
    sitting = connection.execute(of_session).one_or_none()
    agreement = latest_id(connection, sitting.case_id) if sitting else None
    if sitting is None or agreement is None:
        return False
    party = _party_of(connection, sitting.id, leg_id)
    if party is not None and _has_said_yes(connection, agreement, party):
        return False
    is_new = insert_once(
        connection,
        DisputeAssent,
        agreement_id=agreement,
        sitting_id=sitting.id,
        leg_id=leg_id,
        party_id=party,
        at=at,
    )
    if is_new:
        detail = {"party": party} if party is not None else {"leg": leg_id}
        write_event(connection, sitting.case_id, Happened(at, "caller", "agreed", detail=detail))
    return is_new


def _party_of(connection: Connection, sitting_id: int, leg_id: str) -> int | None:
    """Who sits at a leg: a telephone that was rung again is the one that the seat was given to."""
    own, seated = aliased(MediationLeg), aliased(MediationLeg)
    query = (
        select(DisputeSeat.party_id)
        .join(seated, seated.id == DisputeSeat.leg_id)
        .join(own, and_(own.session_id == seated.session_id, own.party == seated.party))
        .where(DisputeSeat.sitting_id == sitting_id, own.id == leg_id)
    )
    party: int | None = connection.execute(query).scalars().first()
    return party


def _has_said_yes(connection: Connection, agreement_id: int, party_id: int) -> bool:
    query = select(DisputeAssent.id).where(
        DisputeAssent.agreement_id == agreement_id, DisputeAssent.party_id == party_id
    )
    return connection.execute(query).first() is not None


def _is_being_read(connection: Connection, case_id: int) -> bool:
    """Whether the parties hear the agreement just now, and may say yes to it."""
    query = (
        select(MediationSession.id)
        .join(DisputeSitting, DisputeSitting.session_id == MediationSession.id)
        .where(
            DisputeSitting.case_id == case_id,
            MediationSession.closed_at.is_(None),
            MediationSession.poll != "",
        )
    )
    return connection.execute(query).first() is not None


def _newest(connection: Connection, case_id: int) -> int:
    newest = select(func.coalesce(func.max(DisputeAgreement.version), 0))
    return int(connection.execute(newest.where(DisputeAgreement.case_id == case_id)).scalar_one())
