"""What the API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.tickets.states import TicketState
from app.webhooks.events import EVENTS, refused

Priority = Literal["normal", "high", "urgent"]
Text = Annotated[str, Field(min_length=1, max_length=5_000)]


class Given(BaseModel):
    """Something the client sends: an unknown member is a mistake."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class TicketWish(Given):
    """An appeal that another system passes on."""

    category: str = Field(description="A category of the directory, see `GET /directory`.")
    words: str = Field(min_length=1, max_length=20_000, description="The appeal itself.")
    caller: str = Field(
        default="",
        pattern=r"^(\+[1-9]\d{6,14})?$",
        description="Telephone in E.164, where it is known.",
    )
    caller_name: str = Field(default="", max_length=100)
    place: str = Field(default="", max_length=200, description="Village or address.")
    language: str = Field(default="zh-CN", description="A language of the directory.")
    confidential: bool = Field(default=False, description="Seal the caller (保密).")


class Transition(Given):
    """A move of a ticket from its state to another."""

    to: TicketState
    why: str = Field(
        default="",
        max_length=5_000,
        description="For `waiting` its reason, for `resolved` the outcome that the caller is told.",
    )
    until: datetime | None = Field(default=None, description="End of `waiting`.")
    version: int | None = Field(
        default=None, description="The version that was read; 409 when it is no longer that."
    )


class NoteWish(Given):
    """A note on a ticket."""

    body: Text


class TicketLine(BaseModel):
    """A ticket in a list. Caller, place and subject are empty when sealed (`hidden`)."""

    number: str
    version: int
    state: TicketState
    kind: str
    category: str
    department: str
    region: str
    priority: str
    channel: str
    language: str
    subject: str
    place: str
    caller: str
    caller_name: str
    confidential: bool
    hidden: bool
    opened_at: datetime
    respond_due_at: datetime
    complete_due_at: datetime
    acknowledged_at: datetime | None
    waiting_until: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    satisfaction: str

    model_config = ConfigDict(from_attributes=True)


class TicketWhole(TicketLine):
    """All of a ticket."""

    words: str
    outcome: str
    waiting_for: str
    opened_by: str
    responded_in_time: bool | None
    completed_in_time: bool | None


class TicketPage(BaseModel):
    """Some tickets; `next` is the `after` of the next page, null on the last."""

    items: list[TicketLine]
    next: str | None


class TicketEventShown(BaseModel):
    """One line of a ticket's history; nothing personal."""

    at: datetime
    actor: str
    event: str
    from_state: str
    to_state: str

    model_config = ConfigDict(from_attributes=True)


class Opened(BaseModel):
    """The ticket of an appeal."""

    number: str
    department: str
    respond_due_at: datetime
    complete_due_at: datetime

    model_config = ConfigDict(from_attributes=True)


class DepartmentShown(BaseModel):
    """A department of the directory."""

    key: str
    names: dict[str, str]


class CategoryShown(BaseModel):
    """A category of the directory: who answers, and how fast."""

    key: str
    names: dict[str, str]
    department: str
    priority: Priority
    respond_minutes: int
    complete_hours: int


class DirectoryShown(BaseModel):
    """What a client needs in order to open tickets."""

    languages: list[str]
    departments: list[DepartmentShown]
    categories: list[CategoryShown]


def _known_events(events: list[str]) -> list[str]:
    unknown = refused(events)
    if unknown:
        raise ValueError(f"no such event: {', '.join(unknown)}; there are {', '.join(EVENTS)}")
    return events


class WebhookWish(Given):
    """An address that wants to be told."""

    name: str = Field(min_length=1, max_length=64)
    url: str = Field(max_length=2_000, description="An https URL with a public address.")
    events: Annotated[list[str], AfterValidator(_known_events)] = Field(
        default=["*"], min_length=1, description="`*` for all."
    )
    department: str = Field(default="*", description="Only events of one department.")


class WebhookMade(BaseModel):
    """A new webhook. The secret is shown this once; it signs what is sent."""

    id: int
    secret: str


class WebhookShown(BaseModel):
    """A webhook as it stands."""

    id: int
    name: str
    url: str
    events: str
    department: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str
    waiting: int
    failed: int


class DeliveryShown(BaseModel):
    """One event on its way to a webhook."""

    id: int
    event: str
    state: str
    attempts: int
    status: int | None
    error: str
    created_at: datetime
    settled_at: datetime | None


class CallLine(BaseModel):
    """A call of the log. The telephone is given only with the right to see it."""

    sid: str
    direction: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int | None
    language: str


class CallPage(BaseModel):
    """Some calls; `next` is the `after` of the next page, null on the last."""

    items: list[CallLine]
    next: str | None


class Problem(BaseModel):
    """Every error, as RFC 9457 has it (`application/problem+json`)."""

    type: str
    title: str
    status: int
    detail: str
