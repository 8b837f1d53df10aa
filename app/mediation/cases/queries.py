"""Reads of one case: what it is, its parties, sessions, agreement and history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.mediation import queries as sessions
from app.mediation.cases.models import (
    DisputeAgreement,
    DisputeAssent,
    DisputeCase,
    DisputeEvent,
    DisputeParty,
    DisputeSeat,
    DisputeSitting,
)
from app.mediation.cases.states import (
    CaseState,
    Mode,
    PartyRole,
    SittingState,
    days_between,
    last_day_for_court,
)
from app.mediation.models import MediationSession
from app.mediation.states import Reason, SessionState
from app.tickets.models import Ticket

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case for staff. `hidden`: its ticket is sealed, and is not the viewer's, nor the case."""

    id: int
    number: str
    version: int
    ticket_id: int | None
    call_sid: str
    department: str
    region: str
    kind: str
    subject: str
    state: CaseState
    outcome: str
    mediator_id: int | None
    first_call_at: datetime
    opened_at: datetime
    opened_by: str
    settled_at: datetime | None
    ended_at: datetime | None
    effective_on: date | None
    follow_up_on: date | None
    followed_up_at: datetime | None
    ticket_number: str
    sealed: bool
    hidden: bool = False

    @property
    def days(self) -> int | None:
        """Days from the first call to the settlement."""
        return days_between(self.first_call_at, self.settled_at) if self.settled_at else None

    @property
    def court_until(self) -> date | None:
        """The last day for a joint application to the court."""
        return last_day_for_court(self.effective_on) if self.effective_on else None


_OWN = [field.name for field in fields(CaseView)][:-3]


def case_query(*conditions: Condition) -> Any:
    """The columns of `shown`, for cases that meet conditions on `DisputeCase` and `Ticket`."""
    own = [getattr(DisputeCase, name) for name in _OWN]
    ticket = (Ticket.number, Ticket.confidential, Ticket.owner_id)
    return (
        select(*own, *(column.label(f"of_ticket_{column.key}") for column in ticket))
        .outerjoin(Ticket, Ticket.id == DisputeCase.ticket_id)
        .where(*conditions)
    )


def shown(row: Any, staff_id: int | None) -> CaseView:
    """A row of `case_query` as somebody may see it: behind a seal only who mediates or owns."""
    *own, number, confidential, owner_id = list(row)
    known: dict[str, Any] = dict(zip(_OWN, own, strict=True))
    case = CaseView(**known, ticket_number=number or "", sealed=bool(confidential))
    if not case.sealed or (staff_id is not None and staff_id in (owner_id, case.mediator_id)):
        return case
    return replace(case, subject="", outcome="", call_sid="", hidden=True)


def find_case(
    connection: Connection, number: str, scope: Condition, staff_id: int | None
) -> CaseView | None:
    """A case by its number, as a member of the staff may see it; None outside their scope."""
    query = case_query(DisputeCase.number == number, scope)
    row = connection.execute(query).one_or_none()
    return None if row is None else shown(row, staff_id)


def case_of_session(
    connection: Connection, session_id: str, staff_id: int | None
) -> CaseView | None:
    """The case that a telephone session is about, as somebody may see it; None without one."""
    of_session = select(DisputeSitting.case_id).where(DisputeSitting.session_id == session_id)
    row = connection.execute(case_query(DisputeCase.id.in_(of_session))).one_or_none()
    return None if row is None else shown(row, staff_id)


def case_of_source(connection: Connection, source: str) -> str | None:
    """The number of the case that came from a ticket or a call, or None."""
    query = select(DisputeCase.number).where(DisputeCase.source == source)
    return connection.execute(query).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party, for staff."""

    id: int
    role: PartyRole
    name: str
    phone: str
    language: str
    department: str
    household_id: int | None
    gender: str
    ethnicity: str
    age: str
    occupation: str
    id_number: str
    address: str
    removed_at: datetime | None


def parties_of(connection: Connection, case_id: int) -> Sequence[PartyView]:
    """All parties, those who are out included, in the order they were added."""
    columns = [getattr(DisputeParty, name) for name in PartyView.__slots__]
    query = select(*columns).where(DisputeParty.case_id == case_id).order_by(DisputeParty.id)
    return [PartyView(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class SittingView:
    """A session of a case, with how its telephone session stands."""

    id: int
    position: int
    mode: Mode
    state: SittingState
    planned_at: datetime
    moves: int
    session_id: str | None
    why: str
    remarks: str
    signed_by: str
    signed_at: datetime | None
    session_state: SessionState | None
    session_reason: Reason | None
    floor_at: datetime | None
    closed_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether its telephone session is not over yet."""
        return self.session_state is not None and self.session_state not in ("closed", "failed")

    @property
    def was_held(self) -> bool:
        """Whether the parties have spoken with each other in it."""
        return self.floor_at is not None

    @property
    def lacks_signature(self) -> bool:
        """Whether it was held and its minutes are still to be signed."""
        return self.was_held and self.signed_at is None


def sittings_of(connection: Connection, case_id: int) -> Sequence[SittingView]:
    """The sessions of a case, the first one first."""
    own = [getattr(DisputeSitting, name) for name in SittingView.__slots__[:11]]
    theirs = (
        MediationSession.state,
        MediationSession.reason,
        MediationSession.floor_at,
        MediationSession.closed_at,
    )
    query: Any = (
        select(*own, *theirs)
        .outerjoin(MediationSession, MediationSession.id == DisputeSitting.session_id)
        .where(DisputeSitting.case_id == case_id)
        .order_by(DisputeSitting.position)
    )
    return [SittingView(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class SeatView:
    """A place in a session: whose, and whether they may dial in or have come."""

    id: int
    position: int
    role: PartyRole
    party_id: int | None
    number: str
    leg_id: str | None
    arrived_at: datetime | None
    has_pin: bool
    is_here: bool


def seats_of(connection: Connection, sitting_id: int) -> Sequence[SeatView]:
    """The seats of a session, the mediator's first."""
    columns = [getattr(DisputeSeat, name) for name in SeatView.__slots__[:7]]
    query: Any = (
        select(*columns, DisputeSeat.pin_hash.is_not(None), DisputeSeat.call_sid != "")
        .where(DisputeSeat.sitting_id == sitting_id)
        .order_by(DisputeSeat.position)
    )
    return [SeatView(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """A version of the agreement."""

    id: int
    version: int
    facts: str
    matters: str
    terms: str
    performance: str
    copies: int
    recorder: str
    made_by: str
    made_at: datetime


def agreements_of(connection: Connection, case_id: int) -> Sequence[AgreementView]:
    """All versions, the one that counts first."""
    columns = [getattr(DisputeAgreement, name) for name in AgreementView.__slots__]
    query = select(*columns).where(DisputeAgreement.case_id == case_id)
    rows = connection.execute(query.order_by(DisputeAgreement.version.desc()))
    return [AgreementView(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Assent:
    """A party's yes to a version of the agreement, by key in a session."""

    version: int
    sitting: int
    party_id: int | None
    at: datetime


def assents_of(connection: Connection, case_id: int) -> Sequence[Assent]:
    """Each yes that was given, the first one first."""
    query = (
        select(
            DisputeAgreement.version,
            DisputeSitting.position,
            DisputeAssent.party_id,
            DisputeAssent.at,
        )
        .join(DisputeAgreement, DisputeAgreement.id == DisputeAssent.agreement_id)
        .join(DisputeSitting, DisputeSitting.id == DisputeAssent.sitting_id)
        .where(DisputeAgreement.case_id == case_id)
        .order_by(DisputeAssent.id)
    )
    return [Assent(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history. `what` is a code, `words` are a person's own."""

    at: datetime
    actor: str
    what: str
    words: str
    detail: Mapping[str, object]


def history_of(connection: Connection, case_id: int) -> Sequence[Entry]:
    """What happened, the oldest first."""
    rows = connection.execute(
        select(DisputeEvent.__table__)
        .where(DisputeEvent.case_id == case_id)
        .order_by(DisputeEvent.id)
    )
    return [
        Entry(row.at, row.actor, row.event, row.words, json.loads(row.detail) if row.detail else {})
        for row in rows
    ]


def draft_text(connection: Connection, session_id: str) -> str | None:
    """The agreement's terms for reading aloud in a session; None when there is no draft.

    It is the version that counts at this moment: what was agreed, and how it is to be performed.
    """
    query = (
        select(DisputeAgreement.terms, DisputeAgreement.performance)
        .join(DisputeSitting, DisputeSitting.case_id == DisputeAgreement.case_id)
        .where(DisputeSitting.session_id == session_id)
        .order_by(DisputeAgreement.version.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return "\n".join(part for part in row if part.strip())


def text_to_read(connection: Connection, session_id: str) -> str | None:
    """What is read to the parties of a session: its case's agreement, else what was written in it.

    Where there is an agreement nothing else is read, for each yes counts for that.
    """
    return draft_text(connection, session_id) or sessions.draft_text(connection, session_id)
