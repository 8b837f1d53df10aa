"""Opening tickets and moving them through their states."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from app.calls.facts import CallFacts, RecordingEvent
from app.database import blind_index, insert_once
from app.flows.effects import OpenTicket
from app.people.alerts.service import settle_ticket
from app.tickets import deadlines, queries
from app.tickets.changes import (
    CALLER,
    SYSTEM,
    Happened,
    Standing,
    change,
    lock,
    lock_by_id,
    staff_of,
    write_event,
)
from app.tickets.errors import NumberTakenError, RefusedError, SourceTakenError, TransitionError
from app.tickets.households.queries import household_of
from app.tickets.models import Channel, Ticket
from app.tickets.queries import CONVERSATIONS
from app.tickets.routing import Directory, Routing, routing_of
from app.tickets.search import service as search
from app.tickets.states import TicketState, may_follow, name
from app.tickets.times import timepiece

log = structlog.get_logger()

SUBJECT_LENGTH = 40  # characters of a subject made from an appeal's words
LONGEST_WORDS = 20_000  # characters of an appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What somebody brings to the hotline, whatever the channel.

    `number` is fresh (`Identities.ticket_number`). `source` makes it unique: the same source never
    opens a second ticket (`CA…:appeal:RE…`, `sms:SM…`, `portal:<form key>`). `caller` is a
    telephone in E.164 where it is known, `opened_by` an actor (`caller`, `staff:<id>`,
    `api:<name>`). Without a `subject`, the words begin one.
    """

    number: str
    source: str
    kind: str
    category: str
    channel: Channel
    language: str
    caller: str = ""
    caller_name: str = ""
    place: str = ""
    subject: str = ""
    words: str = ""
    note: str = ""
    call_sid: str = ""
    recording_sid: str = ""
    recording_seconds: int = 0
    confidential: bool = False
    opened_by: str = CALLER


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """A ticket that stands now; `is_new` is False when this very appeal had opened it before."""

    id: int
    number: str
    department: str
    respond_due_at: datetime
    complete_due_at: datetime
    is_new: bool


def open_ticket(
    connection: Connection, appeal: Appeal, routing: Routing, at: datetime
) -> OpenedTicket:
    """Open a ticket; asked for again with the same source and number, find it.

    Raises SourceTakenError when the source has a ticket under another number, NumberTakenError
    when the number belongs to another source, RefusedError when the words are too long to keep.
    """
    if len(appeal.words) > LONGEST_WORDS:
        raise RefusedError(
            f"内容太长：最多 {LONGEST_WORDS} 个字。",
            f"Too long: at most {LONGEST_WORDS} characters.",
        )
    is_new = insert_once(connection, Ticket, **_row(connection, appeal, routing, at))
    if not is_new:
        _explain_refusal(connection, appeal)
    opened = _opened(connection, appeal.number, is_new)
    if is_new:
        texts = (appeal.subject, appeal.words, appeal.place)
        search.index(connection, opened.id, texts)
        actor = SYSTEM if appeal.opened_by == CALLER else appeal.opened_by
        write_event(
            connection,
            opened.id,
            Happened(at, actor, "opened", to_state="new", why=appeal.note),
        )
    return opened


def open_from_call(
    directory: Callable[[], Directory],
) -> Callable[[Connection, OpenTicket, CallFacts], None]:
    """The effect handler for `OpenTicket`, routing by the directory in force at that instant."""

    def handle(connection: Connection, effect: OpenTicket, call: CallFacts) -> None:
        appeal = appeal_of_call(connection, effect, call)
        open_ticket(connection, appeal, routing_of(directory(), effect.category), call.at)

    return handle


def appeal_of_call(connection: Connection, effect: OpenTicket, call: CallFacts) -> Appeal:
    """What a flow asks to be opened, as an appeal by telephone."""
    recording_sid, seconds = effect.recording_sid, effect.recording_seconds
    if effect.kind == "incident":  # after an outage its recording may have been told of first
        recording_sid, seconds = queries.conversation_recording(connection, call.sid)
    return Appeal(
        number=effect.number,
        source=effect.source,
        kind=effect.kind,
        category=effect.category,
        channel="phone",
        language=effect.language,
        caller=call.caller,
        words=effect.words,
        note=effect.note,
        call_sid=call.sid,
        recording_sid=recording_sid,
        recording_seconds=seconds,
    )


def transition(
    connection: Connection,
    number: str,
    to_state: TicketState,
    actor: str,
    why: str,
    at: datetime,
    *,
    until: datetime | None = None,
    version: int | None = None,
) -> bool:
    """Move a ticket to a state; returns False when it is there already.

    `why` is a person's own words: `waiting` needs them as its reason, together with its end
    (`until`); `resolved` needs them as the outcome that the caller is told. The first person of
    the staff to acknowledge becomes the owner; what was alerted about it then needs nobody's
    attention any more. Raises UnknownTicketError, StaleError when the ticket is no longer of the
    `version` that was shown, or TransitionError with the reason.
    """
    ticket = lock(connection, number, version)
    if ticket.state == to_state:
        return False
    _refuse_impossible(ticket, to_state, actor)
    values: dict[str, Any] = {"waiting_for": ""}
    if to_state == "waiting":
        _refuse_endless(ticket, why, until, at)
        values["waiting_for"] = why.strip()
    if to_state == "resolved":
        _refuse_silent(ticket, why)
        values["outcome"] = why.strip()
    if to_state == "acknowledged" and ticket.owner_id is None:
        values["owner_id"] = staff_of(actor)
    _move(connection, ticket, to_state, actor, at, why=why, until=until, **values)
    if to_state in ("acknowledged", "resolved"):
        settle_ticket(connection, ticket.id, at)
    return True


def end_waits(connection: Connection, at: datetime, limit: int = 100) -> int:
    """Put tickets whose wait has ended back to work; returns how many. Two may run at once."""
    due = (
        select(Ticket.id)
        .where(Ticket.state == "waiting", Ticket.waiting_until <= at)
        .order_by(Ticket.waiting_until, Ticket.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ended = connection.execute(due).scalars().all()
    for ticket_id in ended:
        ticket = lock_by_id(connection, ticket_id)
        end = ticket.clocks.waiting_until or at
        _move(connection, ticket, "in_progress", SYSTEM, at, ended=end, waiting_for="")
    return len(ended)


def attach_recording(connection: Connection, event: RecordingEvent) -> None:
    """The hook for recordings: tell the tickets of the call of a finished one.

    The ticket that names it learns its length. The conversation with the duty officer begins after
    its incident was opened, so that recording goes to the call's incident.
    """
    if event.status != "completed" or not event.call_sid:
        return
    of_this_call = Ticket.call_sid == event.call_sid
    named = connection.execute(
        update(Ticket)
        .where(of_this_call, Ticket.recording_sid == event.sid)
        .values(recording_seconds=event.seconds or 0)
    )
    if named.rowcount == 0 and event.source in CONVERSATIONS:
        connection.execute(
            update(Ticket)
            .where(of_this_call, Ticket.kind == "incident", Ticket.recording_sid == "")
            .values(recording_sid=event.sid, recording_seconds=event.seconds or 0)
        )


def _move(
    connection: Connection,
    ticket: Standing,
    to_state: TicketState,
    actor: str,
    at: datetime,
    *,
    why: str = "",
    until: datetime | None = None,
    ended: datetime | None = None,
    **values: Any,
) -> None:
    """Write a move that is known to be allowed; a wait may have ended before it is noticed."""
    time = timepiece(ticket.clocks.clock, ticket.department)
    moved = deadlines.entering(ticket.clocks, to_state, ended or at, time, until)
    happened = Happened(at, actor, "state", ticket.state, to_state, words=why.strip())
    change(connection, ticket, happened, state=to_state, **moved, **values)


def _refuse_impossible(ticket: Standing, to_state: TicketState, actor: str) -> None:
    number, state = ticket.number, ticket.state
    if ticket.merged_into_id is not None:
        raise TransitionError(
            f"工单 {number} 已并入另一工单：要单独办理，请先撤销合并。",
            f"Ticket {number} was merged into another: undo the merge to work on it by itself.",
        )
    if not may_follow(state, to_state):
        raise TransitionError(
            f"工单 {number} {name(state)}，不能直接变为“{name(to_state)}”。",
            f"Ticket {number} is {state}: it cannot become {to_state}.",
        )
    if to_state == "acknowledged" and actor in (SYSTEM, CALLER):
        raise TransitionError(
            f"工单 {number} 只能由工作人员响应。", f"Only a person can acknowledge ticket {number}."
        )
    if to_state == "closed" and actor not in (SYSTEM, CALLER):
        raise TransitionError(
            f"工单 {number} 要由群众回访确认后才关闭，工作人员不能自己关闭。",
            f"Ticket {number} is closed by its caller's own word, not by the staff.",
        )


def _refuse_endless(ticket: Standing, why: str, until: datetime | None, at: datetime) -> None:
    if not why.strip():
        raise TransitionError(
            f"工单 {ticket.number} 暂停等待要写明原因。",
            f"Ticket {ticket.number} can wait only for a reason: say which.",
        )
    if until is None or until <= at:
        raise TransitionError(
            f"工单 {ticket.number} 暂停等待要写明等到什么时候，而且要晚于现在。",
            f"Ticket {ticket.number} can wait only until a time still to come: say when.",
        )


def _refuse_silent(ticket: Standing, outcome: str) -> None:
    if not outcome.strip():
        raise TransitionError(
            f"工单 {ticket.number} 办结要写明告诉群众的办理结果。",
            f"Ticket {ticket.number} can be resolved only with an outcome to tell the caller.",
        )


def _row(connection: Connection, appeal: Appeal, routing: Routing, at: datetime) -> dict[str, Any]:
    promise = deadlines.promised(routing, at, timepiece(routing.clock, routing.department))
    return {
        "number": appeal.number,
        "source": appeal.source,
        "version": 1,
        "kind": appeal.kind,
        "category": appeal.category,
        "subject": appeal.subject.strip() or subject_of(appeal.words),
        "words": appeal.words,
        "place": appeal.place,
        "place_index": blind_index(appeal.place) if appeal.place else "",
        "note": appeal.note,
        "channel": appeal.channel,
        "language": appeal.language,
        "caller": appeal.caller,
        "caller_index": blind_index(appeal.caller),
        "caller_name": appeal.caller_name,
        "caller_name_index": blind_index(appeal.caller_name) if appeal.caller_name else "",
        "household_id": household_of(connection, appeal.caller),
        "opened_by": appeal.opened_by,
        "call_sid": appeal.call_sid,
        "recording_sid": appeal.recording_sid,
        "recording_seconds": appeal.recording_seconds,
        "department": routing.department,
        "region": routing.region,
        "priority": routing.priority,
        "confidential": appeal.confidential,
        "sealed_at": at if appeal.confidential else None,
        "sealed_by": appeal.opened_by if appeal.confidential else "",
        "state": "new",
        "clock_started_at": at,
        "opened_at": at,
        "due_at": promise["respond_due_at"],
        "next_alarm_at": at,
        **promise,
    }


def subject_of(words: str) -> str:
    """The beginning of an appeal, as a line for lists."""
    line = " ".join(words.split())
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"


def _opened(connection: Connection, number: str, is_new: bool) -> OpenedTicket:
    row = connection.execute(
        select(
            Ticket.id,
            Ticket.number,
            Ticket.department,
            Ticket.respond_due_at,
            Ticket.complete_due_at,
        ).where(Ticket.number == number)
    ).one()
    return OpenedTicket(*row, is_new=is_new)


def _explain_refusal(connection: Connection, appeal: Appeal) -> None:
    """Why a ticket could not be inserted; nothing when it is the very same one."""
    standing = queries.find_by_source(connection, appeal.source)
    if standing is None:
        raise NumberTakenError(
            f"编号 {appeal.number} 已被另一工单占用。",
            f"Another ticket already has the number {appeal.number}.",
        )
    if standing != appeal.number:
        raise SourceTakenError(
            f"这件事已经登记过，工单编号是 {standing}。",
            f"{appeal.source} already has the ticket {standing}.",
        )
