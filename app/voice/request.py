"""A webhook's parameters as facts. Every field may be missing but the call's SID."""

from collections.abc import Mapping
from datetime import datetime

from app.calls.facts import (
    SOFTPHONE,
    CallOrigin,
    ConferenceEvent,
    RecordingEvent,
    StatusEvent,
)
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Silent, Spoke, Started
from app.people.presence.address import is_client

LONGEST_TEXT = 2_000


class MalformedError(Exception):
    """A signed request without what makes it one of ours."""


def origin_of(form: Mapping[str, str]) -> CallOrigin:
    """Whose call it is. Raises MalformedError without a CallSid."""
    sid = form.get("CallSid", "")
    if not sid or len(sid) > 64:
        raise MalformedError("a voice webhook without CallSid")
    direction = form.get("Direction", "inbound")[:16]
    far, near = form.get("From", ""), form.get("To", "")
    if direction.startswith("outbound"):
        far, near = near, far
    elif is_client(far):  # a browser of the staff, not a citizen
        direction = SOFTPHONE
    return CallOrigin(sid, far, near, direction, form.get("ParentCallSid", "")[:64])


def given_of(form: Mapping[str, str]) -> Input:
    """What happened to the call, for its next step."""
    if "DialCallStatus" in form:
        return _dial_ended(form)
    if "RecordingUrl" in form or "RecordingDuration" in form:
        return Recorded(
            sid=_recording_sid(form),
            seconds=_number(form.get("RecordingDuration")) or 0,
            key=form.get("Digits", ""),
        )
    if digits := form.get("Digits", ""):
        return Pressed(digits)
    if words := form.get("SpeechResult", "").strip():
        return Spoke(words[:LONGEST_TEXT], _fraction(form.get("Confidence")))
    return Silent()


def started_of(form: Mapping[str, str]) -> Started:
    """The beginning of a call."""
    return Started(form.get("AnsweredBy", ""))


def status_of(form: Mapping[str, str], leg: str) -> StatusEvent:
    """Progress of a call."""
    return StatusEvent(
        origin=origin_of(form),
        status=form.get("CallStatus", ""),
        sequence=_number(form.get("SequenceNumber")),
        seconds=_number(form.get("CallDuration")),
        leg=leg,
        answered_by=form.get("AnsweredBy", ""),
    )


def recording_of(form: Mapping[str, str], call: str = "") -> RecordingEvent:
    """Progress of a recording. Raises MalformedError without a RecordingSid.

    `call` is the call in whose document it was asked for: that of a conference names no call.
    """
    sid = form.get("RecordingSid", "")
    if not sid or len(sid) > 64:
        raise MalformedError("a recording callback without RecordingSid")
    return RecordingEvent(
        sid=sid,
        call_sid=form.get("CallSid", "") or call[:64],
        conference_sid=form.get("ConferenceSid", ""),
        status=form.get("RecordingStatus", "completed"),
        seconds=_number(form.get("RecordingDuration")),
        channels=_number(form.get("RecordingChannels")),
        source=form.get("RecordingSource", ""),
    )


def conference_of(form: Mapping[str, str], now: datetime) -> ConferenceEvent:
    """An event of a conference. Raises MalformedError without a ConferenceSid."""
    sid = form.get("ConferenceSid", "")
    if not sid:
        raise MalformedError("a conference callback without ConferenceSid")
    return ConferenceEvent(
        conference=form.get("FriendlyName", ""),
        conference_sid=sid,
        event=form.get("StatusCallbackEvent", ""),
        call_sid=form.get("CallSid", ""),
        sequence=_number(form.get("SequenceNumber")) or 0,
        at=now,
    )


def _dial_ended(form: Mapping[str, str]) -> DialEnded:
    status = form["DialCallStatus"]
    # `DialBridged` is not sent by every engine; a completed or answered dial was a conversation.
    bridged = form.get("DialBridged", "")
    spoke = bridged == "true" if bridged else status in ("completed", "answered")
    return DialEnded(status, spoke, _number(form.get("DialCallDuration")) or 0)


def _recording_sid(form: Mapping[str, str]) -> str:
    """The recording's SID; engines that leave it out name it at the end of the URL.

    The URL itself is never fetched (threat T4).
    """
    sid = form.get("RecordingSid", "")
    if not sid:
        sid = form.get("RecordingUrl", "").rstrip("/").rpartition("/")[2]
    return sid if len(sid) <= 64 and sid.replace("-", "").isalnum() else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _fraction(text: str | None) -> float | None:
    try:
        return min(1.0, max(0.0, float(text))) if text else None
    except ValueError:
        return None
