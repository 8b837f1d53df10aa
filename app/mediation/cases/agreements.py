"""The text of the agreement in versions, and each party's yes to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from app.database import insert_once
from app.mediation.cases.changes import Happened, change, lock, write_event
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import (
    DisputeAgreement,
    DisputeAssent,
    DisputeSeat,
    DisputeSitting,
)

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

    Raises DisputeError when nothing was agreed in it, somebody else wrote a version meanwhile, the
    agreement is in effect, or the case ended without one.
    """
    case = lock(connection, case_id)
    if case.effective_on is not None or case.state in ("failed", "withdrawn"):
        raise DisputeError("协议书已经定了，不能再改。", "The agreement stands as it is.")
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
    of_leg = select(DisputeSeat.party_id).where(
        DisputeSeat.sitting_id == sitting.id, DisputeSeat.leg_id == leg_id
    )
    party = connection.execute(of_leg).scalar_one_or_none()
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


def _newest(connection: Connection, case_id: int) -> int:
    newest = select(func.coalesce(func.max(DisputeAgreement.version), 0))
    return int(connection.execute(newest.where(DisputeAgreement.case_id == case_id)).scalar_one())
