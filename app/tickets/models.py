"""Tables of tickets and of what happened to them."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime, said
from app.tickets.states import TicketState

Channel = Literal["phone", "sms", "portal", "console", "api"]
Clock = Literal["round_the_clock", "working"]
Satisfaction = Literal["", "satisfied", "not_satisfied", "not_settled", "none_given"]
Index32 = String(32)  # a blind index


# A partial index is used only where the query says the same words, so they stand here once.
_OPEN = "state NOT IN ('resolved', 'closed')"
_NAMED = "caller_name_index > ''"
_SEALED = "confidential"
IS_OPEN = said(f"tickets.{_OPEN}")
IS_NAMED = said(f"tickets.{_NAMED}")
IS_SEALED = said(f"tickets.{_SEALED}")


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Ticket(Base):
    """One matter that somebody brought to the hotline, until it is settled.

    `source` says what it came from (`CA…:appeal:RE…`) and makes it unique. An empty `department`
    is the hotline's own desk, an empty `region` this county. `call_sid` is empty when it did not
    begin with a call.

    The clocks are instants. `respond_due_at`: a person must have acknowledged it (again, when it
    was reopened). `complete_due_at`: it must be resolved; time in `waiting` moves it. `due_at` is
    whichever counts now, for lists: the former in `new` and `reopened`, the end of the wait in
    `waiting`, None once settled, else the latter. Both were measured from `clock_started_at` on
    the `clock`, in minutes `respond_within` and `complete_within`; `clock_round` counts the
    reopenings. `next_alarm_at` is when the sweep of the clocks must look at it again; whoever
    changes a deadline or a state sets it to that instant, and the sweep plans the next look.

    `version` rises with each change. `owner_id` is the first person who acknowledged it, until a
    hand-over is accepted. A `confidential` ticket is sealed: only few see who the caller is.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        _partial("ix_tickets_due", "due_at", "id", where=_OPEN),
        _partial("ix_tickets_owner_due", "owner_id", "due_at", "id", where=_OPEN),
        _partial("ix_tickets_department_due", "department", "due_at", "id", where=_OPEN),
        _partial("ix_tickets_alarm", "next_alarm_at", "id", where="next_alarm_at IS NOT NULL"),
        _partial("ix_tickets_merged", "merged_into_id", "id", where="merged_into_id IS NOT NULL"),
        _partial("ix_tickets_household", "household_id", "id", where="household_id IS NOT NULL"),
        _partial("ix_tickets_name", "caller_name_index", "opened_at", "id", where=_NAMED),
        Index("ix_tickets_opened_at", "opened_at", "id"),
        Index("ix_tickets_state", "state", "opened_at", "id"),
        Index("ix_tickets_department", "department", "opened_at", "id"),
        Index("ix_tickets_category", "category", "opened_at", "id"),
        Index("ix_tickets_region", "region", "opened_at", "id"),
        Index("ix_tickets_priority", "priority", "opened_at", "id"),
        Index("ix_tickets_channel", "channel", "opened_at", "id"),
        Index("ix_tickets_kind", "kind", "opened_at", "id"),
        Index("ix_tickets_place", "place_index", "opened_at", "id"),
        Index("ix_tickets_satisfaction", "satisfaction", "opened_at", "id"),
        Index("ix_tickets_caller_index", "caller_index", "opened_at", "id"),
        Index("ix_tickets_owner", "owner_id", "opened_at", "id"),
        Index("ix_tickets_call_sid", "call_sid"),
        _partial("ix_tickets_sealed", "call_sid", where=_SEALED),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    source: Mapped[str] = mapped_column(String(200), unique=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    # what it is about
    kind: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    place: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    place_index: Mapped[str] = mapped_column(Index32, default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # who brought it, and how
    channel: Mapped[Channel] = mapped_column(String(16), default="phone", server_default="phone")
    language: Mapped[str] = mapped_column(String(16))
    caller: Mapped[str] = mapped_column(EncryptedText)
    caller_index: Mapped[str] = mapped_column(Index32)
    caller_name: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    caller_name_index: Mapped[str] = mapped_column(Index32, default="", server_default="")
    household_id: Mapped[int | None] = mapped_column(BigKey)
    opened_by: Mapped[str] = mapped_column(String(64), default="caller", server_default="caller")
    call_sid: Mapped[str] = mapped_column(String(64))
    recording_sid: Mapped[str] = mapped_column(String(64), default="")
    recording_seconds: Mapped[int] = mapped_column(default=0)
    # who answers it
    department: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(64), default="", server_default="")
    priority: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int | None] = mapped_column(BigKey)
    # the seal
    confidential: Mapped[bool] = mapped_column(default=False)
    sealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sealed_by: Mapped[str] = mapped_column(String(64), default="", server_default="")
    # how it stands
    state: Mapped[TicketState] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    satisfaction: Mapped[Satisfaction] = mapped_column(String(16), default="", server_default="")
    merged_into_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("tickets.id"))
    waiting_for: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    # the clocks
    clock: Mapped[Clock] = mapped_column(
        String(16), default="round_the_clock", server_default="round_the_clock"
    )
    clock_round: Mapped[int] = mapped_column(default=0, server_default="0")
    clock_started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    respond_within: Mapped[int] = mapped_column(default=30, server_default="30")
    complete_within: Mapped[int] = mapped_column(default=1_440, server_default="1440")
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    respond_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    complete_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_alarm_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    responded_in_time: Mapped[bool | None]
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    waiting_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    completed_in_time: Mapped[bool | None]
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TicketEvent(Base):
    """One change of a ticket: who, when, what, why. Append-only.

    `actor` is `system`, `caller`, `staff:<id>` or `api:<name>`. `event` is a code: `opened`,
    `state`, `taken`, `assigned`, `offered`, `accepted`, `declined`, `withdrawn`, `expired`,
    `noted`, `told`, `attached`, `detached`, `linked`, `unlinked`, `merged`, `took_in`, `unmerged`,
    `gave_back`, `sealed`, `unsealed`, `rerouted`, `priority`, `amended`, `caller`, `satisfaction`,
    `read`. `why` is a machine-made remark; `words` are a person's own: a reason, the outcome told.
    `detail` is JSON with ASCII keys; it holds nothing personal.
    """

    __tablename__ = "ticket_events"
    __table_args__ = (Index("ix_ticket_events_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16), default="")
    why: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
