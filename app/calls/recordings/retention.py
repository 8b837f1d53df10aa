"""How long a recording is kept, by what it is of. The days can be set by HOTLINE_RECORDINGS_DAYS.

No law was found that fixes a time for a public hotline: these are defaults.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

_CONFERENCES = frozenset({"Conference", "StartConferenceRecordingAPI"})
_MESSAGE = "RecordVerb"


class Retention(StrEnum):
    """What a recording is of."""

    appeal = "appeal"
    conversation = "conversation"
    emergency = "emergency"
    mediation = "mediation"
    voicemail = "voicemail"


DAYS: Mapping[Retention, int] = {
    Retention.appeal: 180,
    Retention.conversation: 180,
    Retention.emergency: 365,
    Retention.mediation: 3 * 365,
    Retention.voicemail: 180,
}


def retention_of(source: str, kinds: Collection[str]) -> Retention:
    """What a recording is of, by the provider's word for its source and its tickets' kinds."""
    if source in _CONFERENCES or "mediation" in kinds:
        return Retention.mediation
    if "incident" in kinds:
        return Retention.emergency
    if source == _MESSAGE:
        return Retention.appeal if "appeal" in kinds else Retention.voicemail
    return Retention.conversation


def expiry(retention: Retention, made_at: datetime, days: Mapping[Retention, int]) -> datetime:
    """When a recording's time is up; `days` may say another number for some."""
    return made_at + timedelta(days=days.get(retention, DAYS[retention]))
