"""One conference: who is in it, who hears whom, how it starts and ends (contract, section 3.7)."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.exchange.callbacks import NOBODY, Subscription
from app.exchange.conference_events import ConferenceEvents
from app.exchange.errors import DebuggerError
from app.exchange.legs import Leg
from app.exchange.pages import Page
from app.exchange.phones.phone import Member, Roster, Tone
from app.exchange.recordings import Recording
from app.exchange.sounds import Sound

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

MUSIC_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
WRONG_VERB = 13238
DUPLICATE_LABEL = 16025
BAD_COACH = 13240
CONFERENCE_FULL = 13200
LIVE_STATUS = {"queued": "queued", "ringing": "ringing", "in-progress": "connecting"}


class JoinError(DebuggerError):
    """A leg cannot join the conference."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How a leg enters a conference, and what it brings if it is the first.

    `wait` is what it hears until the conference starts; None is Twilio's music.
    """

    name: str
    label: str = ""
    muted: bool = False
    beep: str = "true"
    start_on_enter: bool = True
    end_on_exit: bool = False
    wait: Page | None = None
    silent_wait: bool = False
    max_participants: int = 250
    coach: str = ""
    record: bool = False
    trim: bool = True
    events: Subscription = NOBODY
    recording_callback: Subscription = NOBODY


@dataclass(eq=False)
class Participant:
    """One leg in a conference, or on its way into it (`joined` is then unset)."""

    leg: Leg
    label: str
    muted: bool
    start_on_enter: bool
    end_on_exit: bool
    beep: str
    date_created: datetime
    hold: bool = False
    coaching: bool = False
    call_sid_to_coach: str = ""
    joined: bool = False
    left: asyncio.Event = field(default_factory=asyncio.Event)
    leave_reason: str = ""
    date_updated: datetime | None = None
    music: asyncio.Task[None] | None = None

    @property
    def status(self) -> str:
        """Twilio's participant status."""
        if self.leg.is_final or self.left.is_set():
            return "complete" if self.joined else "failed"
        return "connected" if self.joined else LIVE_STATUS[self.leg.status]

    def stop_music(self) -> None:
        """End wait or hold music."""
        if self.music is not None:
            self.music.cancel()
            self.music = None


class Conference:
    """A conference from `init` over `in-progress` to `completed`."""

    def __init__(self, exchange: "Exchange", sid: str, name: str) -> None:
        self._exchange = exchange
        self.sid = sid
        self.name = name
        self.status = "init"
        self.participants: list[Participant] = []
        self.reason_ended = ""
        self.call_sid_ending = ""
        self.date_created = self.date_updated = exchange.clock.now()
        self.recording: Recording | None = None
        self._founder: Entry | None = None
        self.events = ConferenceEvents(exchange, sid, name)

    @property
    def present(self) -> list[Participant]:
        """Those who have joined and not left."""
        return [participant for participant in self.participants if participant.joined]

    def invite(self, leg: Leg, entry: Entry) -> Participant:
        """Note a leg that is on its way into the conference.

        Raises:
            JoinError: 16025, the label is taken.
        """
        if entry.label and any(other.label == entry.label for other in self.participants):
            raise JoinError(DUPLICATE_LABEL, f"The participant label {entry.label!r} is taken.")
        participant = Participant(
            leg,
            entry.label,
            entry.muted,
            entry.start_on_enter,
            entry.end_on_exit,
            entry.beep,
            self._exchange.clock.now(),
            coaching=bool(entry.coach),
            call_sid_to_coach=entry.coach,
        )
        self.participants.append(participant)
        return participant

    def join(self, leg: Leg, entry: Entry) -> Participant:
        """Let a leg in, starting the conference if that was all it waited for.

        Raises:
            JoinError: 16025 label taken, 13240 bad coach, 13200 the conference is full.
        """
        if len(self.present) >= (self._founder or entry).max_participants:
            raise JoinError(CONFERENCE_FULL, f"The conference {self.name} is full.")
        if entry.coach and not any(other.leg.sid == entry.coach for other in self.present):
            raise JoinError(BAD_COACH, f"There is no participant {entry.coach} to coach.")
        awaited = [other for other in self.participants if other.leg is leg]
        participant = awaited[0] if awaited else self.invite(leg, entry)
        participant.joined = True
        if self._founder is None:
            self._founder = entry
            self.events.subscription = entry.events
        leg.room = self
        self.events.about(participant, "participant-join")
        self._beep(participant, "onEnter", "join")
        if self.status == "init":
            self._start_or_wait(participant, entry)
        self._changed()
        return participant

    def _start_or_wait(self, participant: Participant, entry: Entry) -> None:
        may_start = any(other.start_on_enter for other in self.present)
        if len(self.present) < 2 or not may_start:
            if not entry.silent_wait:
                self.play_music(participant, entry.wait)
            return
        self.status = "in-progress"
        for other in self.present:
            other.stop_music()
        self.events.publish("conference-start")
        founder = self._founder or entry
        if founder.record:
            self.recording = self._exchange.recordings.begin(
                "Conference",
                conference_sid=self.sid,
                trim=founder.trim,
                callback=founder.recording_callback,
            )

    def play_music(self, participant: Participant, page: Page | None) -> None:
        """Let a participant hear `page` (or Twilio's music) until `stop_music`."""
        participant.stop_music()
        if page is None:
            participant.leg.notice(Tone("music"))
            return
        participant.music = self._exchange.spawn(self._music(participant, page))

    async def _music(self, participant: Participant, page: Page) -> None:
        player = self._exchange.player(participant.leg, MUSIC_VERBS, refusal_code=WRONG_VERB)
        try:
            await player.play(page)
        except DebuggerError as failure:
            self._exchange.debugger.error(failure, participant.leg.sid)
            self.leave(participant, "participant_add_failed")

    def leave(self, participant: Participant, reason: str, *, kicked: bool = False) -> None:
        """A participant is gone, for Twilio's `reason`; this may end the conference."""
        if participant not in self.participants:
            return
        self._let_go(participant, reason)
        self.events.left(participant)
        ending = "kicked" if kicked else "left"
        if participant.joined and participant.end_on_exit:
            self.end(f"participant-with-end-conference-on-exit-{ending}", participant)
        elif not self.participants or (participant.joined and not self.present):
            self.end(f"last-participant-{ending}", participant)
        else:
            self._beep(participant, "onExit", "leave")
            self._changed()

    def end(self, reason: str, by: Participant | None = None) -> None:
        """End the conference for everyone."""
        if self.status == "completed":
            return
        self.status, self.reason_ended = "completed", reason
        self.call_sid_ending = by.leg.sid if by is not None else ""
        why = "moderator_ended_conference" if by is not None else "conference_ended_via_api"
        for participant in list(self.participants):
            self._let_go(participant, why)
            self.events.left(participant)
        if self.recording is not None:
            self._exchange.recordings.finish(self.recording)
        if self._founder is not None:
            self.events.ended(reason, by)
        self._changed()

    def _let_go(self, participant: Participant, reason: str) -> None:
        participant.stop_music()
        participant.leave_reason = reason
        participant.left.set()
        self.participants.remove(participant)
        leg = participant.leg
        if leg.room is self:
            leg.room = None
            leg.notice(Roster(self.name, "completed", ()))

    # Who hears whom

    def audience(self, speaker: Leg) -> list[Leg]:
        """The legs that hear this one now."""
        return [
            listener.leg
            for source in self._on_floor()
            if source.leg is speaker and not source.muted
            for listener in self._on_floor()
            if listener is not source and self._reaches(source, listener)
        ]

    def _on_floor(self) -> list[Participant]:
        if self.status != "in-progress":
            return []
        return [participant for participant in self.present if not participant.hold]

    def _reaches(self, source: Participant, listener: Participant) -> bool:
        return not source.coaching or listener.leg.sid == source.call_sid_to_coach

    def record(self, speaker: Leg, at: float, sound: Sound) -> None:
        """Lay what an audible participant says on the recording, and report that it speaks."""
        for participant in self._on_floor():
            if participant.leg is speaker and not (participant.muted or participant.coaching):
                if self.recording is not None:
                    self.recording.tape.add(0, at, sound)
                self.events.about(participant, "participant-speech-start")
                self.events.about(participant, "participant-speech-stop", after=sound.seconds)

    def changed(self, participant: Participant, *events: str) -> None:
        """Something about a participant was changed: report it and tell everybody."""
        participant.date_updated = self._exchange.clock.now()
        for event in events:
            self.events.about(participant, event)
        self._changed()

    def _beep(self, participant: Participant, side: str, tone: str) -> None:
        if participant.beep in ("true", side):
            for other in self._on_floor():
                other.leg.notice(Tone(tone))

    def _changed(self) -> None:
        self.date_updated = self._exchange.clock.now()
        pairs = [
            (source.leg.number, listener.number)
            for source in self.present
            for listener in self.audience(source.leg)
        ]
        self._exchange.ledger.now_audible(self.sid, pairs)
        is_recorded = self.recording is not None and self.status == "in-progress"
        taped = [other.leg.number for other in self.present] if is_recorded else []
        self._exchange.ledger.now_recorded(self.sid, taped)
        members = tuple(
            Member(other.leg.number, other.label, other.muted, other.hold, other.coaching)
            for other in self.present
        )
        for participant in self.present:
            participant.leg.notice(Roster(self.name, self.status, members))
