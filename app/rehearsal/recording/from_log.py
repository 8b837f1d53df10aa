"""A call of the log as moments. What it keeps secret stays so: PINs and the caller's own words."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from app.calls.log.queries import events_of
from app.calls.models import Call
from app.calls.transcripts.events import Event
from app.calls.transcripts.sounds import sounds_of
from app.calls.transcripts.transcript import HIDDEN, guarded
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Resumed, Silent, Spoke, Started
from app.rehearsal.recording.moments import Moment, RecordedCall, RecordingError


def call_of_log(connection: Connection, sid: str) -> RecordedCall:
    """Read a call that came in. Raises RecordingError when there is none, or it was another."""
    call = connection.execute(
        select(Call.direction, Call.started_at, Call.caller).where(Call.sid == sid)
    ).one_or_none()
    if call is None:
        raise RecordingError(f"There is no call {sid} in the log.")
    if call.direction != "inbound":
        raise RecordingError("Only calls that came in are written down; this one was placed by us.")
    events = tuple(events_of(connection, sid))
    return RecordedCall(call.started_at, call.caller, list(moments_of(events)))


def moments_of(events: Sequence[Event]) -> Iterator[Moment]:
    """The steps of a call as moments, its secrets taken out."""
    for event in guarded(events):
        if event.kind == "step":
            given = _input(event)
            secret = isinstance(given, Spoke) or given == Pressed(HIDDEN)
            yield Moment(given, _heard(event.answer or ""), masked=secret)


def _heard(answer: str) -> tuple[str, ...]:
    """What is said, sentence by sentence as it was answered."""
    said = [sound.text for sound in sounds_of(answer) if sound.kind == "said"]
    return tuple(line for text in said for line in text.split("\n"))


def _input(event: Event) -> Input:
    told = event.told
    seconds = int(told.get("seconds") or 0)
    match event.given:
        case "pressed":
            return Pressed(str(told.get("keys", "")))
        case "spoke":
            return Spoke(event.words or "")
        case "recorded":
            return Recorded(str(told.get("recording", "")), seconds, str(told.get("key", "")))
        case "dialended":
            return DialEnded(str(told.get("status", "")), bool(told.get("bridged")), seconds)
        case "resumed":
            return Resumed(str(told.get("reason", "")))
        case "started":
            return Started(str(told.get("answered_by", "")))
    return Silent()
