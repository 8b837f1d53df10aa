"""What a hearing has done by the telephone network, after the commit that asked for it."""

from collections.abc import Mapping

from app.calls.retry_law import AGAIN_SECONDS, insist, place_once
from app.hearings import conduct, floor, store
from app.hearings.attendance import AttendanceDesk
from app.hearings.conduct import Conductor
from app.hearings.store import Session
from app.hearings.telling import OF_AN_HOUR, Telling
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload


class HearingJobs:
    """The handlers of all jobs that hearings ask for."""

    def __init__(self, desk: AttendanceDesk, conductor: Conductor, telling: Telling) -> None:
        self._desk = desk
        self._conductor = conductor
        self._telling = telling

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            "hearings.ring": self.ring,
            "hearings.invite": self.invite,
            "hearings.resume": self.resume,
            "hearings.hang_up": self.hang_up,
            "hearings.remove_unknown": self.remove_unknown,
            "hearings.close_roll": self.close_roll,
            "hearings.floor_over": self.floor_over,
            "hearings.expire": self.expire,
            "hearings.end_at_last": self.end_at_last,
            "hearings.end": self.end,
            "hearings.tell": self.tell,
        }

    def ring(self, payload: Payload, tools: Tools) -> None:
        """A round of calls, unless the hearing was moved meanwhile."""
        with tools.database.writing() as connection:
            if not is_for_its_hour(store.load(connection, payload["hearing"]), payload):
                return
            self._desk.ring_all(connection, payload["hearing"], payload["round"], tools.clock.now())

    def invite(self, payload: Payload, tools: Tools) -> None:
        """Ring a member, if the hearing still wants it."""
        if not place_once(self._desk, payload["leg"], tools, payload.get("actor", "")):
            raise RetryLater(AGAIN_SECONDS)

    def resume(self, payload: Payload, tools: Tools) -> None:
        """Bring a leg back to its flow; twice is no harm, it only looks what is due."""
        call_sid = _call_of(payload["leg"], tools, attending_only=True)
        if call_sid is not None:
            insist(lambda: tools.telephony.resume_call(call_sid, payload["news"]))

    def hang_up(self, payload: Payload, tools: Tools) -> None:
        """End a leg's call."""
        call_sid = _call_of(payload["leg"], tools)
        if call_sid is not None:
            insist(lambda: tools.telephony.hang_up(call_sid))

    def remove_unknown(self, payload: Payload, tools: Tools) -> None:
        """Remove somebody from a conference that is not theirs."""
        insist(lambda: tools.telephony.remove_participant(payload["conference"], payload["call"]))

    def close_roll(self, payload: Payload, tools: Tools) -> None:
        """The time to answer a roll call is over."""
        with tools.database.writing() as connection:
            conduct.close_roll(connection, payload["hearing"], payload["roll"], tools.clock.now())

    def floor_over(self, payload: Payload, tools: Tools) -> None:
        """End a turn whose telephone never said that it is over."""
        with tools.database.writing() as connection:
            session = store.load(connection, payload["hearing"])
            if session is not None:
                floor.take(connection, session, tools.clock.now(), turn=payload["turn"])

    def expire(self, payload: Payload, tools: Tools) -> None:
        """Give up a hearing that nobody has opened by its hour."""
        with tools.database.writing() as connection:
            if not is_for_its_hour(store.load(connection, payload["hearing"]), payload):
                return
            self._conductor.end_unless_open(connection, payload["hearing"], tools.clock.now())

    def end_at_last(self, payload: Payload, tools: Tools) -> None:
        """No hearing lasts for ever."""
        with tools.database.writing() as connection:
            session = store.load(connection, payload["hearing"])
            if session is not None:
                self._conductor.end(connection, session, tools.clock.now(), "system")

    def tell(self, payload: Payload, tools: Tools) -> None:
        """Text a member, unless they were taken off the list, or told of an hour that is none."""
        with tools.database.writing() as connection:
            session = store.load(connection, payload["hearing"])
            members = {member.id: member for member in session.members} if session else {}
            member = members.get(payload["member"])
            if session is None or member is None:
                return
            text = payload["text"]
            if text not in OF_AN_HOUR or is_for_its_hour(session, payload):
                self._telling.tell(connection, session, member, text, tools.clock.now())

    def end(self, payload: Payload, tools: Tools) -> None:
        """End the conference for everyone."""
        with tools.database.reading() as connection:
            session = store.load(connection, payload["hearing"], lock=False)
        if session is not None:
            insist(lambda: tools.telephony.end_conference(session.conference))


def is_for_its_hour(session: Session | None, payload: Payload) -> bool:
    """Whether a hearing still begins at the hour for which a job was asked."""
    return session is not None and session.moves == payload.get("moves", 0)


def _call_of(leg_id: str, tools: Tools, *, attending_only: bool = False) -> str | None:
    """The call of a leg, if it has one; or only while its member attends."""
    with tools.database.reading() as connection:
        found = store.call_of_leg(connection, leg_id)
    if found is None or (attending_only and found[1] != "attending"):
        return None
    return found[0]
