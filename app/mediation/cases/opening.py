"""What a case begins with: everything a ticket or a call already knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.calls.models import Call
from app.database import blind_index
from app.flows.directory import Directory
from app.mediation.cases.changes import Happened, write_event
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeCase, DisputeSitting
from app.mediation.cases.parties import Party, add_party
from app.mediation.cases.service import Matter, open_case
from app.mediation.models import MediationLeg, MediationSession
from app.tickets.households.models import Caller
from app.tickets.lists.rows import WholeTicket
from app.tickets.models import Ticket
from app.tickets.phones import e164

OTHER = "other"  # the category of what fits nowhere


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens a case, under which number; `mediator_id` is the opener who may mediate."""

    number: str
    actor: str
    mediator_id: int | None
    at: datetime


def open_from_ticket(
    connection: Connection, ticket: WholeTicket, directory: Directory, opener: Opener
) -> int:
    """A case with the ticket's caller as applicant and its department as a party.

    A mediation that this ticket came from, or whose call is the ticket's, is the first session. The
    same ticket twice gives the same case. Raises DisputeError for a ticket whose caller is hidden.
    """
    if ticket.hidden:
        raise DisputeError(
            "工单已加密：请负责人来开调解。", "The ticket is sealed: its owner opens the case."
        )
    matter = Matter(
        number=opener.number,
        source=f"ticket:{ticket.number}",
        kind=ticket.category,
        department=ticket.department,
        region=ticket.region,
        subject=ticket.subject or ticket.words[:60],
        ticket_id=ticket.id,
        call_sid=ticket.call_sid,
        mediator_id=opener.mediator_id,
        first_call_at=ticket.opened_at,
    )
    case_id, is_new = open_case(connection, matter, opener.actor, opener.at)
    if is_new:
        applicant = _citizen(connection, ticket.caller, ticket.caller_name, ticket.language)
        _add(connection, case_id, [applicant, _office(directory, ticket.department)], opener)
        _adopt_sessions(connection, case_id, ticket.call_sid, opener)
    return case_id


def open_from_call(
    connection: Connection, call_sid: str, directory: Directory, opener: Opener
) -> int:
    """A case with the caller as applicant; a mediation by this call is its first session.

    Raises DisputeError for a call that is not there.
    """
    call = connection.execute(
        select(Call.caller, Call.called, Call.direction, Call.language, Call.started_at).where(
            Call.sid == call_sid
        )
    ).one_or_none()
    if call is None:
        raise DisputeError("没有这个来电。", "There is no such call.")
    department = connection.execute(
        select(MediationSession.department)
        .join(MediationLeg, MediationLeg.session_id == MediationSession.id)
        .where(MediationLeg.call_sid == call_sid)
        .limit(1)
    ).scalar()
    kind = "land" if "land" in directory.categories else next(iter(directory.categories), OTHER)
    matter = Matter(
        number=opener.number,
        source=f"call:{call_sid}",
        kind=kind,
        department=department or directory.categories[kind].department,
        call_sid=call_sid,
        mediator_id=opener.mediator_id,
        first_call_at=call.started_at,
    )
    case_id, is_new = open_case(connection, matter, opener.actor, opener.at)
    if is_new:
        number = call.caller if call.direction == "inbound" else call.called
        applicant = _citizen(connection, number, "", call.language or directory.default_language)
        _add(connection, case_id, [applicant, _office(directory, matter.department)], opener)
        _adopt_sessions(connection, case_id, call_sid, opener)
    return case_id


def ticket_begun_by(connection: Connection, call_sid: str) -> str | None:
    """The number of the one ticket that a call began, or None."""
    begun = connection.execute(select(Ticket.number).where(Ticket.call_sid == call_sid).limit(2))
    numbers = begun.scalars().all()
    return numbers[0] if len(numbers) == 1 else None


def open_blank(
    connection: Connection, kind: str, directory: Directory, key: str, opener: Opener
) -> int:
    """A case that somebody brought to the desk. `key` makes the same form sent twice one case."""
    if kind not in directory.categories:
        raise DisputeError("请选择类别。", "Choose a category.")
    matter = Matter(
        number=opener.number,
        source=f"console:{key}"[:80],
        kind=kind,
        department=directory.categories[kind].department,
        mediator_id=opener.mediator_id,
        first_call_at=opener.at,
    )
    return open_case(connection, matter, opener.actor, opener.at)[0]


def _citizen(connection: Connection, phone: str, name: str, language: str) -> Party | None:
    """Whoever called, by what is known of their telephone."""
    number = e164(phone) if phone.startswith("+") else ""
    if not number:
        return None
    known = connection.execute(
        select(Caller.name).where(Caller.phone_index == blind_index(number))
    ).scalar()
    return Party(role="applicant", name=name or known or number, phone=number, language=language)


def _office(directory: Directory, department: str) -> Party | None:
    if department not in directory.departments:
        return None
    language = directory.default_language
    name = directory.department_name(department, language)
    return Party(role="department", name=name, phone="", language=language, department=department)


def _add(
    connection: Connection, case_id: int, parties: Sequence[Party | None], opener: Opener
) -> None:
    for party in parties:
        if party is not None:
            add_party(connection, case_id, party, opener.actor, opener.at)


def _adopt_sessions(connection: Connection, case_id: int, call_sid: str, opener: Opener) -> None:
    """The mediations by telephone that the matter began with become its first sessions."""
    if not call_sid:
        return
    taken = select(DisputeSitting.session_id).where(DisputeSitting.session_id.is_not(None))
    sessions = connection.execute(
        select(MediationSession.id, MediationSession.created_at)
        .join(MediationLeg, MediationLeg.session_id == MediationSession.id)
        .where(MediationLeg.call_sid == call_sid, MediationSession.id.not_in(taken))
        .order_by(MediationSession.created_at)
    ).all()
    for position, session in enumerate(sessions, start=1):
        connection.execute(
            insert(DisputeSitting).values(
                case_id=case_id,
                position=position,
                mode="by_call",
                state="called",
                planned_at=session.created_at,
                moves=0,
                session_id=session.id,
                made_by="caller",
                made_at=session.created_at,
            )
        )
    if sessions:
        connection.execute(
            update(DisputeCase).where(DisputeCase.id == case_id).values(state="in_session")
        )
        happened = Happened(opener.at, opener.actor, "adopted", detail={"sessions": len(sessions)})
        write_event(connection, case_id, happened, "open", "in_session")
