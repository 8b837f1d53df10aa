"""All conferences of the account, and what REST can do with them (contract, section 4.2)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.exchange.announcing import announce
from app.exchange.calls import CallOrder
from app.exchange.conference import Conference, Entry, JoinError, Participant
from app.exchange.errors import RestError, not_found
from app.exchange.legs import Leg
from app.exchange.pages import Page

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange


@dataclass(frozen=True, slots=True)
class ParticipantUpdate:
    """The options of POST Participants/{CallSid}; None leaves a thing as it is."""

    muted: bool | None = None
    hold: bool | None = None
    hold_url: str = ""
    hold_method: str = "GET"
    announce_url: str = ""
    announce_method: str = "POST"
    end_on_exit: bool | None = None
    coaching: bool | None = None
    call_sid_to_coach: str = ""


class Conferences:
    """All conferences by SID; names lead to the one now active."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._by_sid: dict[str, Conference] = {}

    def newest_first(self) -> list[Conference]:
        """All conferences, those over included."""
        return list(reversed(self._by_sid.values()))

    def get(self, sid: str) -> Conference:
        """One conference by SID.

        Raises:
            RestError: 404, there is none.
        """
        if sid not in self._by_sid:
            raise not_found(f"/Conferences/{sid}")
        return self._by_sid[sid]

    def active(self, name: str) -> Conference | None:
        """The conference of this name that is not over."""
        for conference in self._by_sid.values():
            if conference.name == name and conference.status != "completed":
                return conference
        return None

    def open(self, name: str) -> Conference:
        """The active conference of this name, made if there is none."""
        conference = self.active(name)
        if conference is None:
            sid = self._exchange.sids.new("CF")
            conference = self._by_sid[sid] = Conference(self._exchange, sid, name)
        return conference

    def end(self, sid: str) -> Conference:
        """End a conference for everyone; one that is over stays as it is.

        Raises:
            RestError: 404, there is none.
        """
        conference = self.get(sid)
        conference.end("conference-ended-via-api")
        return conference

    def announce(self, sid: str, url: str, method: str = "POST") -> Conference:
        """Play the TwiML at `url` to everybody in a conference in progress.

        Raises:
            RestError: 404, there is none, or it is over.
        """
        conference = self.get(sid)
        if conference.status == "completed":
            raise not_found(f"/Conferences/{sid}")
        work = announce(self._exchange, conference, Page(url, method), None)
        self._exchange.spawn(work)
        return conference

    # Participants

    def participant(self, conference: str, key: str) -> tuple[Conference, Participant]:
        """A participant by call SID or label, in an active conference by SID or name.

        Raises:
            RestError: 404, there is no such conference or participant.
        """
        found = self._by_sid.get(conference) or self.active(conference)
        for participant in found.participants if found is not None else ():
            if found is not None and key in (participant.leg.sid, participant.label):
                return found, participant
        raise not_found(f"/Conferences/{conference}/Participants/{key}")

    def add_participant(
        self, conference: str, order: CallOrder, entry: Entry
    ) -> tuple[Conference, Participant]:
        """Call somebody into a conference, by SID (it must be active) or name (made if need be).

        `entry.name` is ignored.

        Raises:
            RestError: 404, no such active conference; 400, the call or the label is refused.
        """
        room = self._by_sid.get(conference)
        if room is None and not conference.startswith("CF"):
            room = self.open(conference)
        if room is None or room.status == "completed":
            raise not_found(f"/Conferences/{conference}")
        if entry.label and any(other.label == entry.label for other in room.participants):
            raise RestError(400, 16025, f"The participant label {entry.label!r} is taken.")
        way_in = replace(entry, name=room.name)
        leg = self._exchange.calls.place(order, lambda leg: self._take_part(leg, way_in))
        participant = room.invite(leg, entry)
        self._exchange.spawn(self._give_up_with(room, participant))
        return room, participant

    async def _take_part(self, leg: Leg, entry: Entry) -> None:
        try:
            await self.attend(leg, entry)
        except JoinError as failure:
            self._exchange.debugger.error(failure, leg.sid)

    async def attend(self, leg: Leg, entry: Entry) -> Participant:
        """Join the conference `entry.name`; returns when the leg is no longer in it.

        Raises:
            JoinError: it cannot join.
        """
        room = self.open(entry.name)
        participant = room.join(leg, entry)
        try:
            await participant.left.wait()
        finally:
            gone = "participant_hung_up" if leg.is_final else "participant_updated_via_api"
            room.leave(participant, gone)
        return participant

    async def _give_up_with(self, room: Conference, participant: Participant) -> None:
        await participant.leg.ended.wait()
        if not participant.joined:
            room.leave(participant, "participant_add_failed")

    def update_participant(
        self, conference: str, key: str, change: ParticipantUpdate
    ) -> Participant:
        """Mute, hold, coach, announce to, or change the exit of a participant.

        Raises:
            RestError: 404, no such participant; 400 with 13240, nobody to coach.
        """
        room, participant = self.participant(conference, key)
        events: list[str] = []
        if change.muted is not None and change.muted != participant.muted:
            participant.muted = change.muted
            events.append("participant-mute" if change.muted else "participant-unmute")
        if change.hold is not None and change.hold != participant.hold:
            self._hold(room, participant, change)
            events.append("participant-hold" if change.hold else "participant-unhold")
        if self._modify(room, participant, change):
            events.append("participant-modify")
        if events:
            room.changed(participant, *events)
        if change.announce_url:
            page = Page(change.announce_url, change.announce_method)
            self._exchange.spawn(announce(self._exchange, room, page, participant))
        return participant

    def _hold(self, room: Conference, participant: Participant, change: ParticipantUpdate) -> None:
        participant.hold = bool(change.hold)
        if participant.hold:
            page = Page(change.hold_url, change.hold_method) if change.hold_url else None
            room.play_music(participant, page)
        else:
            participant.stop_music()

    def _modify(
        self, room: Conference, participant: Participant, change: ParticipantUpdate
    ) -> bool:
        before = (participant.end_on_exit, participant.coaching, participant.call_sid_to_coach)
        if change.end_on_exit is not None:
            participant.end_on_exit = change.end_on_exit
        if change.call_sid_to_coach:
            if not any(other.leg.sid == change.call_sid_to_coach for other in room.present):
                raise RestError(400, 13240, "CallSidToCoach is not in this conference.")
            participant.call_sid_to_coach = change.call_sid_to_coach
        if change.coaching is not None:
            participant.coaching = change.coaching and bool(participant.call_sid_to_coach)
        after = (participant.end_on_exit, participant.coaching, participant.call_sid_to_coach)
        return before != after

    def remove_participant(self, conference: str, key: str) -> None:
        """Make a participant leave: what follows its Dial is played, or else it is hung up.

        Raises:
            RestError: 404, no such participant.
        """
        room, participant = self.participant(conference, key)
        if participant.joined:
            room.leave(participant, "participant_updated_via_api", kicked=True)
        else:
            participant.leg.finish("canceled")
