"""What a conference reports to its status callback (contract, section 3.7)."""

from email.utils import format_datetime
from typing import TYPE_CHECKING

from app.exchange.callbacks import Subscription
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.conference import Participant
    from app.exchange.exchange import Exchange

SUBSCRIBED_AS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}


def truth(value: bool) -> str:
    """A truth value as Twilio writes it in forms."""
    return "true" if value else "false"


class ConferenceEvents:
    """Posts a conference's events, numbered from 1, to the one subscription it has."""

    def __init__(self, exchange: "Exchange", sid: str, name: str) -> None:
        self._exchange = exchange
        self._sid = sid
        self._name = name
        self._reported = 0
        self.subscription = Subscription(events=frozenset())

    def publish(self, event: str, parameters: Parameters = (), *, after: float = 0.0) -> None:
        """Report an event about the conference."""
        if not self.subscription.wants(SUBSCRIBED_AS[event]):
            return
        self._reported += 1
        common = (
            ("ConferenceSid", self._sid),
            ("FriendlyName", self._name),
            ("AccountSid", self._exchange.account_sid),
            ("SequenceNumber", str(self._reported)),
            ("Timestamp", format_datetime(self._exchange.clock.now())),
            ("StatusCallbackEvent", event),
        )
        self._exchange.callbacks.post(
            self._sid,
            self.subscription.url,
            (*common, *parameters),
            method=self.subscription.method,
            after=after,
        )

    def about(self, participant: "Participant", event: str, *, after: float = 0.0) -> None:
        """Report an event about a participant."""
        self.publish(event, self._who(participant), after=after)

    def left(self, participant: "Participant") -> None:
        """Report that a participant has left, or never came."""
        self.publish(
            "participant-leave",
            (
                *self._who(participant),
                ("ReasonParticipantLeft", participant.leave_reason),
                ("ParticipantCallStatus", participant.leg.status),
            ),
        )

    def ended(self, reason: str, by: "Participant | None") -> None:
        """Report the end, and whose leaving caused it."""
        cause = (
            (
                ("CallSidEndingConference", by.leg.sid),
                ("ParticipantLabelEndingConference", by.label),
            )
            if by is not None
            else ()
        )
        self.publish(
            "conference-end",
            (*cause, ("ReasonConferenceEnded", reason), ("Reason", reason.replace("-", " "))),
        )

    def announced(self, url: str, participant: "Participant | None", failure: str = "") -> None:
        """Report the end or failure of an announcement, to one participant or to all."""
        who = self._who(participant) if participant is not None else ()
        why = (("ReasonAnnouncementFailed", failure),) if failure else ()
        event = "announcement-fail" if failure else "announcement-end"
        self.publish(event, (*who, ("AnnounceUrl", url), *why))

    @staticmethod
    def _who(participant: "Participant") -> Parameters:
        label = (("ParticipantLabel", participant.label),) if participant.label else ()
        return (
            ("CallSid", participant.leg.sid),
            ("Muted", truth(participant.muted)),
            ("Hold", truth(participant.hold)),
            ("Coaching", truth(participant.coaching)),
            ("EndConferenceOnExit", truth(participant.end_on_exit)),
            ("StartConferenceOnEnter", truth(participant.start_on_enter)),
            *label,
        )
