"""Which webhooks are of an emergency, which may not be lost, and which can wait in a queue."""

from collections.abc import Callable, Mapping
from enum import Enum

from app.flows.alarm import EMERGENCY_KEY, is_alarm
from app.flows.inputs import OFFICER_WAITS
from app.flows.library import FlowLibrary

CALLER_PATHS = frozenset({"/voice/incoming", "/voice/step"})
# Calls that we placed ourselves, and those who accept one: few, and people wait at both ends.
STAFF_PATHS = frozenset({"/voice/outbound", "/voice/whisper/accept"})
_RESULTS = frozenset(("RecordingSid", "RecordingUrl", "RecordingDuration", "DialCallStatus"))


class Urgency(Enum):
    """How a webhook is served when more come than can be."""

    emergency = "emergency"  # at once, in a lane of its own
    kept = "kept"  # what would be lost if it were put off: a recording, the end of a conversation
    ordinary = "ordinary"  # in its turn


def urgency_of(
    path: str,
    form: Mapping[str, str],
    query: Mapping[str, str],
    library: Callable[[], FlowLibrary],
) -> Urgency:
    """How urgent a webhook is, from the request alone."""
    if path in STAFF_PATHS or query.get("key") == OFFICER_WAITS:
        return Urgency.emergency
    if path not in CALLER_PATHS:
        return Urgency.kept
    if form.get("Digits") == EMERGENCY_KEY or _is_at_the_desk(query.get("node", ""), library()):
        return Urgency.emergency
    words = form.get("SpeechResult", "")
    if words and _alarms(words, library()):
        return Urgency.emergency
    return Urgency.ordinary if _RESULTS.isdisjoint(form) else Urgency.kept


def _is_at_the_desk(node: str, library: FlowLibrary) -> bool:
    """Whether a node is of the flow of the emergency desk, or of those in charge."""
    flow = node.partition(".")[0]
    entries = library.directory.entries
    return bool(flow) and flow in (
        entries.emergency.partition(".")[0],
        entries.incident.partition(".")[0],
    )


def _alarms(words: str, library: FlowLibrary) -> bool:
    return any(is_alarm(words, library.locale(tag)) for tag in library.languages)
