"""The verbs of dispute cases: open, keep, settle, give up, follow up.

Parties, sittings and agreements have verbs of their own beside this file. Who may do what, the edge
has checked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, select

from app.database import insert_once
from app.jobs.service import enqueue
from app.mediation.cases import agreements
from app.mediation.cases.changes import (
    Happened,
    Standing,
    change,
    lock,
    lock_open,
    write_event,
)
from app.mediation.cases.errors import DisputeError, NumberTakenError
from app.mediation.cases.models import DisputeCase
from app.mediation.cases.reminders import at_opening, court_reminder
from app.mediation.cases.states import CaseState, county_day, last_day_for_court, may_follow
from app.people.audit.service import record

FOLLOW_UP, COURT = "dispute.follow_up", "dispute.court"  # kinds of jobs
LONGEST_SUBJECT, LONGEST_WORDS = 200, 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A dispute that is to become a case.

    `source` makes it unique (`ticket:12345678`, `call:CA…`, `console:<id>`): the same click twice
    opens one case.
    """

    number: str
    source: str
    kind: str
    department: str
    region: str = ""
    subject: str = ""
    ticket_id: int | None = None
    call_sid: str = ""
    mediator_id: int | None = None
    first_call_at: datetime


def open_case(connection: Connection, matter: Matter, actor: str, at: datetime) -> tuple[int, bool]:
    """Open a case; returns its id and whether it is new (False: the source has one already).

    Raises NumberTakenError when the number belongs to a case of another source.
    """
    is_new = insert_once(
        connection,
        DisputeCase,
        number=matter.number,
        source=matter.source,
        version=1,
        ticket_id=matter.ticket_id,
        call_sid=matter.call_sid,
        department=matter.department,
        region=matter.region,
        kind=matter.kind,
        subject=matter.subject[:LONGEST_SUBJECT],
        state="open",
        outcome="",
        mediator_id=matter.mediator_id,
        first_call_at=matter.first_call_at,
        opened_at=at,
        opened_by=actor,
    )
    of_source = select(DisputeCase.id).where(DisputeCase.source == matter.source)
    case_id: int | None = connection.execute(of_source).scalar_one_or_none()
    if case_id is None:
        raise NumberTakenError
    if is_new:
        write_event(connection, case_id, Happened(at, actor, "opened"), None, "open")
        _audit(connection, case_id, "opened", actor, at)
    return case_id, is_new


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a case may be corrected."""

    subject: str
    kind: str
    department: str
    mediator_id: int | None


def amend(connection: Connection, case_id: int, facts: Facts, actor: str, at: datetime) -> None:
    """Correct what a case is about and who mediates it. Raises DisputeError when it is over."""
    case = lock_open(connection, case_id)
    subject = facts.subject.strip()
    if not subject:
        raise DisputeError("请写明纠纷是什么。", "Say what the dispute is about.")
    change(
        connection,
        case,
        Happened(at, actor, "amended"),
        subject=subject[:LONGEST_SUBJECT],
        kind=facts.kind,
        department=facts.department,
        mediator_id=facts.mediator_id,
    )


def note(connection: Connection, case_id: int, words: str, actor: str, at: datetime) -> None:
    """Write a note into the history. Raises DisputeError for an empty one."""
    written = words.strip()[:LONGEST_WORDS]
    if not written:
        raise DisputeError("请写点内容。", "Write something.")
    case = lock(connection, case_id)
    change(connection, case, Happened(at, actor, "noted", written))


def settle(
    connection: Connection,
    case_id: int,
    words: str,
    follow_up_on: date,
    actor: str,
    at: datetime,
) -> Standing:
    """The parties have agreed; somebody will ask on a day whether the agreement is kept.

    Raises DisputeError without words, for a day that is past, or from a state that has ended.
    """
    if follow_up_on <= county_day(at):
        raise DisputeError("回访日期要在今天以后。", "The follow-up must be on a day to come.")
    case = _end(connection, case_id, "settled", words, actor, at, follow_up_on=follow_up_on)
    due = at_opening(follow_up_on)
    enqueue(connection, FOLLOW_UP, f"{FOLLOW_UP}:{case_id}:{follow_up_on}", {"case": case_id}, due)
    return case


def give_up(
    connection: Connection,
    case_id: int,
    how: Literal["failed", "withdrawn"],
    why: str,
    actor: str,
    at: datetime,
) -> Standing:
    """Mediation has failed, or a party has withdrawn. Raises DisputeError without a reason."""
    return _end(connection, case_id, how, why, actor, at)


def take_effect(connection: Connection, case_id: int, day: date, actor: str, at: datetime) -> date:
    """All have signed on a day: the agreement is in effect; returns the last day for the court.

    Ten days before that day parties and mediator are reminded, once each. Raises DisputeError when
    there is no agreement, or for a day to come.
    """
    case = lock(connection, case_id)
    if agreements.latest_id(connection, case_id) is None:
        raise DisputeError("还没有协议书。", "There is no agreement yet.")
    if day > county_day(at):
        raise DisputeError("签署日期还没到。", "That day has not come yet.")
    detail = {"effective_on": day.isoformat()}
    change(connection, case, Happened(at, actor, "in_effect", detail=detail), effective_on=day)
    payload = {"case": case_id, "effective_on": day.isoformat()}
    due = max(court_reminder(day), at)
    if county_day(due) <= last_day_for_court(day):
        enqueue(connection, COURT, f"{COURT}:{case_id}:{day}", payload, due)
    return last_day_for_court(day)


def followed_up(
    connection: Connection, case_id: int, kept: bool, words: str, actor: str, at: datetime
) -> None:
    """Somebody has asked whether the agreement is kept. Raises DisputeError if none was due."""
    case = lock(connection, case_id)
    if case.state != "settled":
        raise DisputeError("只有和解的案件才回访。", "Only a settled case is followed up.")
    detail = {"kept": kept}
    happened = Happened(at, actor, "followed_up", words.strip()[:LONGEST_WORDS], detail)
    change(connection, case, happened, followed_up_at=at)


def note_yes(connection: Connection, session_id: str, leg_id: str, at: datetime) -> bool:
    """A party has said yes, by key, to the agreement that was read aloud in a session.

    Returns False when the session belongs to no case, there is no agreement, or it was noted
    before.
    """
    return agreements.note_yes(connection, session_id, leg_id, at)


def _end(
    connection: Connection,
    case_id: int,
    state: CaseState,
    words: str,
    actor: str,
    at: datetime,
    **values: object,
) -> Standing:
    outcome = words.strip()[:LONGEST_WORDS]
    if not outcome:
        raise DisputeError("请写明结果或原因。", "Say what came of it, or why.")
    case = lock(connection, case_id)
    if not may_follow(case.state, state):
        raise DisputeError("这个案件已经了结。", "This case is over already.")
    ended = {"ended_at": at} | ({"settled_at": at} if state == "settled" else {})
    case = change(
        connection, case, Happened(at, actor, state, outcome), state, outcome=outcome,
        **ended, **values,
    )  # fmt: skip
    _audit(connection, case_id, state, actor, at)
    return case


def _audit(connection: Connection, case_id: int, act: str, actor: str, at: datetime) -> None:
    number = connection.execute(
        select(DisputeCase.number).where(DisputeCase.id == case_id)
    ).scalar_one()
    record(
        connection, actor=actor, act=f"dispute.{act}", target=f"dispute:{number}", detail={}, at=at
    )
