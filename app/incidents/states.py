"""The pure rules of an incident: whether somebody is still looked for, and who is asked next."""

from dataclasses import dataclass

from app.incidents.models import CallState, Rung

LINE: tuple[Rung, ...] = ("supervisor", "head", "director")
STEP_SECONDS = 30  # from one step of the line to the next
PAUSE_SECONDS = 60  # between two rounds
QUICK_ROUNDS = 3  # after these the pauses are longer, and there is no last one
LONG_PAUSE_SECONDS = 600

UNDER_WAY: frozenset[CallState] = frozenset({"dialing", "unknown", "answered"})
RINGING: frozenset[CallState] = frozenset({"dialing", "unknown"})

_ENDED_AS: dict[str, CallState] = {"busy": "busy", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident as it stands, locked; nothing personal."""

    id: int
    ticket_id: int
    call_sid: str
    floor: str
    is_drill: bool
    place: str
    people: int | None
    round: int
    step: int
    is_taken: bool
    taken_by: int | None
    linked_to_id: int | None
    is_closed: bool

    @property
    def looks_for_somebody(self) -> bool:
        """Whether the line is still asked: another report of the same leaves that to the first."""
        return not (self.is_taken or self.is_closed or self.linked_to_id is not None)


@dataclass(frozen=True, slots=True)
class Leg:
    """One telephone that was rung, as it stands."""

    id: str
    incident_id: int
    rung: Rung
    staff_id: int | None
    number: str
    language: str
    token: str
    call_sid: str | None
    state: CallState
    is_placed: bool


def after(round_: int, step: int) -> tuple[int, int]:
    """The step behind another; the end of a round is the pause (-1) before the next."""
    return (round_, step + 1) if step + 1 < len(LINE) else (round_ + 1, -1)


def pause_before(round_: int) -> int:
    """Seconds of rest before a round."""
    return PAUSE_SECONDS if round_ < QUICK_ROUNDS else LONG_PAUSE_SECONDS


def ended_as(state: CallState, status: str) -> CallState:
    """What a call becomes when it ends with one of the provider's final statuses."""
    if state == "answered":
        return "silent"  # put down before a key was pressed
    return _ENDED_AS.get(status, "no_answer")
