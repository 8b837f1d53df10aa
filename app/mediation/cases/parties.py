"""The parties of a case: who they are, how they are reached, in which language."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from app.database import blind_index
from app.mediation.cases.changes import Happened, change, lock_open
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeParty
from app.mediation.cases.states import PARTY_ROLES, PartyRole
from app.tickets.households.queries import household_of
from app.tickets.phones import e164

MOST_PARTIES = 8  # a PIN begins with the seat's digit, and a call of more is no conversation
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who takes part, as written down."""

    role: PartyRole
    name: str
    phone: str
    language: str
    department: str = ""
    gender: str = ""
    ethnicity: str = ""
    age: str = ""
    occupation: str = ""
    id_number: str = ""
    address: str = ""


def add_party(connection: Connection, case_id: int, party: Party, actor: str, at: datetime) -> int:
    """Add a party. Raises DisputeError for one without a name, a bad telephone, or one too many."""
    case = lock_open(connection, case_id)
    values = _values(connection, party)
    _refuse_double(connection, case_id, str(values["phone_index"]), None)
    present = select(func.count()).where(
        DisputeParty.case_id == case_id, DisputeParty.removed_at.is_(None)
    )
    if connection.execute(present).scalar_one() >= MOST_PARTIES:
        raise DisputeError(
            f"一个案件最多 {MOST_PARTIES} 方。", f"A case has {MOST_PARTIES} parties at most."
        )
    party_id: int = connection.execute(
        insert(DisputeParty).values(case_id=case_id, **values).returning(DisputeParty.id)
    ).scalar_one()
    change(connection, case, Happened(at, actor, "party_added", detail={"party": party_id}))
    return party_id


def amend_party(
    connection: Connection, case_id: int, party_id: int, party: Party, actor: str, at: datetime
) -> None:
    """Correct a party; sessions already planned keep the telephone they were planned with."""
    case = lock_open(connection, case_id)
    values = _values(connection, party)
    _refuse_double(connection, case_id, str(values["phone_index"]), party_id)
    written = connection.execute(update(DisputeParty).where(*_is(case_id, party_id)).values(values))
    if written.rowcount != 1:
        raise DisputeError("没有这一方。", "There is no such party.")
    change(connection, case, Happened(at, actor, "party_amended", detail={"party": party_id}))


def remove_party(
    connection: Connection, case_id: int, party_id: int, actor: str, at: datetime
) -> bool:
    """Take a party out of what is to come; returns False when they are out already."""
    case = lock_open(connection, case_id)
    gone = connection.execute(
        update(DisputeParty).where(*_is(case_id, party_id)).values(removed_at=at)
    )
    if gone.rowcount:
        change(connection, case, Happened(at, actor, "party_removed", detail={"party": party_id}))
    return bool(gone.rowcount)


def _is(case_id: int, party_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        DisputeParty.case_id == case_id,
        DisputeParty.id == party_id,
        DisputeParty.removed_at.is_(None),
    )


def _values(connection: Connection, party: Party) -> dict[str, object]:
    if party.role not in PARTY_ROLES:
        raise DisputeError("请选择身份。", "Choose in what role.")
    if not party.name.strip():
        raise DisputeError("请写姓名或名称。", "Write the name.")
    phone = e164(party.phone) if party.phone.strip() else ""
    if party.phone.strip() and not phone:
        raise DisputeError(
            "这个电话号码不对，请核对。", "This is not a telephone number; check it."
        )
    plain = {name: str(value).strip()[:LONGEST] for name, value in asdict(party).items()}
    return plain | {
        "phone": phone,
        "phone_index": blind_index(phone) if phone else "",
        "household_id": household_of(connection, phone),
    }


def _refuse_double(connection: Connection, case_id: int, phone_index: str, but: int | None) -> None:
    """One telephone is one party: its leg could not be told from another's."""
    if not phone_index:
        return
    same = select(DisputeParty.id).where(
        DisputeParty.case_id == case_id,
        DisputeParty.phone_index == phone_index,
        DisputeParty.removed_at.is_(None),
    )
    if set(connection.execute(same).scalars()) - {but}:
        raise DisputeError(
            "这个电话已经是本案另一方的。", "This telephone is another party's of this case."
        )
