"""What a step asks to be done in SQL. Each is committed together with the call's new state.

Effects carry every identity they need (ticket number, session id), so that a step replayed from
the same state and context asks for exactly the same thing.
"""

from dataclasses import dataclass
from typing import Literal

from app.flows.hearing import HearingEffect
from app.flows.satisfaction import Satisfaction

TicketKind = Literal["appeal", "voicemail", "incident", "mediation"]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket for this call.

    `number` is fresh and has a valid check digit. `source` makes it unique: the same source never
    opens a second ticket (for example `CA…:appeal:RE…`). `note` is a short machine-made English
    remark for staff, such as `mediation: department refused`.
    """

    number: str
    source: str
    kind: TicketKind
    category: str
    language: str
    recording_sid: str = ""
    recording_seconds: int = 0
    words: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConveneMediation:
    """The caller has consented and asks for a mediation with a department."""

    session: str
    department: str
    language: str
    records: bool = False


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    """An invited leg has answered: consented, refused, or was a machine / said nothing.

    `records` says that who consented agreed to being recorded too.
    """

    session: str
    leg: str
    answer: Literal["consented", "refused", "machine", "silent"]
    records: bool = False


@dataclass(frozen=True, slots=True)
class EnterFloor:
    """This leg is sent into a conference of its mediation."""

    session: str
    leg: str
    conference: str


@dataclass(frozen=True, slots=True)
class LeaveFloor:
    """This leg has come out of a conference; by a key of its own when it `steps_out`."""

    session: str
    leg: str
    conference: str
    steps_out: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPoll:
    """This leg has heard the draft of the agreement, and perhaps said yes or no to it."""

    session: str
    leg: str
    answer: Literal["heard", "yes", "no", "silent"]


Control = Literal[
    "open", "close", "alone", "hold", "unhold", "mute", "unmute", "mute_all", "unmute_all",
    "add_department", "add_interpreter", "add_party", "remove", "redial", "record",
    "stop_recording", "read", "ask_yes", "extend", "talk_on", "talk_not_on", "end",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ControlMediation:
    """The mediator wants something of the session, by the keys of the telephone.

    `target` is a leg, a department or a telephone, as the verb needs. `conference` is a fresh name
    for the floor that this may open.
    """

    session: str
    verb: Control
    target: str = ""
    conference: str = ""


@dataclass(frozen=True, slots=True)
class LeaveMediation:
    """This leg gave up waiting, or has heard that it is over."""

    session: str
    leg: str
    reason: Literal["gave_up", "ended"]


@dataclass(frozen=True, slots=True)
class PolicyRead:
    """An article was begun to be read (first-contact responsibility, requirement R11)."""

    article: str
    part: Literal["short", "full"]
    repeated: bool


@dataclass(frozen=True, slots=True)
class TextArticle:
    """The caller asks for an article by text message (requirement R3)."""

    article: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The caller said words nobody understood; kept so that menus can be bettered."""

    node: str
    words: str


@dataclass(frozen=True, slots=True)
class TellStatus:
    """The caller was told how a ticket stands."""

    number: str


@dataclass(frozen=True, slots=True)
class RecordSatisfaction:
    """The caller's word about a resolved ticket: in a return visit, or calling by themselves."""

    number: str
    word: Satisfaction
    heard_by: Literal["call", "status"]


@dataclass(frozen=True, slots=True)
class AddComment:
    """The caller recorded a word about a ticket."""

    number: str
    recording_sid: str
    recording_seconds: int


@dataclass(frozen=True, slots=True)
class AnswerOutbound:
    """A call we placed was answered, but not by the person it was meant for."""

    answer: Literal["machine", "somebody_else"]


@dataclass(frozen=True, slots=True)
class NoteCallBack:
    """How a call back goes: the member of the staff accepted it, its caller was reached or not."""

    result: Literal["accepted", "reached", "not_reached"]


@dataclass(frozen=True, slots=True)
class AnswerChallenge:
    """The caller has pressed the number that was spoken, or twice another one."""

    passed: bool


@dataclass(frozen=True, slots=True)
class RefuseCaller:
    """A banned caller was told that the line is closed to them."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """The caller has chosen a language, for this call and those to come."""

    language: str


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """A person who was rung about a deadline takes the ticket: it is acknowledged, and theirs."""

    leg: str


@dataclass(frozen=True, slots=True)
class PassTicket:
    """A call about a deadline brought nobody who takes the ticket: the next in line is asked."""

    leg: str
    reason: Literal["passed", "machine", "silent"]


@dataclass(frozen=True, slots=True)
class ReportIncident:
    """A caller is at the emergency desk: those in charge are to be told until one takes it.

    `source` is that of the incident's ticket. `floor` names the conference on which whoever takes
    it meets the caller.
    """

    source: str
    floor: str


@dataclass(frozen=True, slots=True)
class DescribeIncident:
    """The caller has said where it is (a place of the directory, or their words), or how many."""

    place: str = ""
    words: str = ""
    people: int | None = None


@dataclass(frozen=True, slots=True)
class TakeIncident:
    """Somebody who was rung about an incident has pressed 1: they are in charge of it."""

    leg: str


@dataclass(frozen=True, slots=True)
class PassIncident:
    """A call about an incident brought nobody who takes it."""

    leg: str
    reason: Literal["passed", "machine", "silent"]


@dataclass(frozen=True, slots=True)
class OpenStudio:
    """Somebody who called in proved by their PIN that they may record prompts."""

    staff: str


@dataclass(frozen=True, slots=True)
class MissStudioPin:
    """Somebody who called in gave a wrong PIN for this number of staff."""

    staff: str


@dataclass(frozen=True, slots=True)
class TakePrompt:
    """A prompt was spoken by telephone: its recording is to be prepared. `words` is its text."""

    staff: str
    prompt: str
    language: str
    words: str
    recording: str


@dataclass(frozen=True, slots=True)
class KeepTake:
    """Whoever recorded a prompt has listened to it and wants callers to hear it."""

    staff: str
    recording: str


@dataclass(frozen=True, slots=True)
class RingStaff:
    """Telephones are rung for a caller, for so many seconds each.

    Refused when one of them is being rung for somebody else: nobody is asked for two callers.
    """

    target: str
    numbers: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class EndRinging:
    """Those who were rung did not take the caller, or the conversation with them is over."""

    bridged: bool
    status: str
    seconds: int


@dataclass(frozen=True, slots=True)
class HoldCaller:
    """A caller waits for a person: the first time it gives them their place."""

    target: str
    position: int


@dataclass(frozen=True, slots=True)
class WaitOn:
    """A caller was offered something else and chooses to go on waiting."""


@dataclass(frozen=True, slots=True)
class OfferAgain:
    """Whoever talked with a caller vanished: the caller waits again, before all others."""


@dataclass(frozen=True, slots=True)
class KeepPlace:
    """A caller hangs up and is called back in turn. `number` is that of the task for it."""

    number: str
    target: str
    language: str
    chosen: bool  # False for whoever said nothing


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """A caller waits no more: for a message, or because of another key."""

    reason: Literal["message", "key"]


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """Somebody who called in proved by the PIN of a seat that a mediation's party is here."""

    case: str
    seat: str


@dataclass(frozen=True, slots=True)
class MissSeatPin:
    """Somebody who called in gave a PIN that is none of this case number's."""

    case: str


@dataclass(frozen=True, slots=True)
class LeaveSeat:
    """A party who called in did not wait for the hour."""

    seat: str


Effect = (
    OpenTicket
    | ConveneMediation
    | AnswerInvitation
    | LeaveMediation
    | HearingEffect
    | EnterFloor
    | LeaveFloor
    | AnswerPoll
    | ControlMediation
    | PolicyRead
    | TextArticle
    | NotUnderstood
    | TakeTicket
    | PassTicket
    | TellStatus
    | RecordSatisfaction
    | AddComment
    | AnswerOutbound
    | NoteCallBack
    | AnswerChallenge
    | RefuseCaller
    | ChooseLanguage
    | ReportIncident
    | DescribeIncident
    | TakeIncident
    | PassIncident
    | OpenStudio
    | MissStudioPin
    | TakePrompt
    | KeepTake
    | RingStaff
    | EndRinging
    | HoldCaller
    | WaitOn
    | OfferAgain
    | KeepPlace
    | LeaveQueue
    | TakeSeat
    | MissSeatPin
    | LeaveSeat
)
