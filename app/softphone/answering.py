"""Hooks of calls: somebody answers in their browser, somebody leaves, a conference fills."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from app.calls.facts import CallEnded, CallOrigin, ConferenceEvent
from app.calls.models import Call
from app.people.presence import service as presence
from app.people.presence.address import is_client, staff_of
from app.queueing.queries import open_ticket_of
from app.softphone import asking, store
from app.softphone.store import Leg, Talk
from app.softphone.talking import answers_another
from app.softphone.transfers import Transfers

NOT_REACHED = frozenset({"busy", "no-answer", "failed"})


class Answering:
    """What the telephone network tells of talks, in any order and any number of times."""

    def __init__(self, transfers: Transfers) -> None:
        self._transfers = transfers

    def accepted(self, connection: Connection, origin: CallOrigin, at: datetime) -> None:
        """A citizen's call was accepted; `origin` is of the browser's own leg."""
        staff_id = staff_of(origin.caller)
        if staff_id is None or store.leg_of_call(connection, origin.sid) is not None:
            return
        query = select(Call.caller, Call.caller_index, Call.language)
        citizen = connection.execute(query.where(Call.sid == origin.parent_sid)).one_or_none()
        if citizen is None:
            return
        known = citizen.caller_index if citizen.caller.startswith("+") else ""
        _, ticket = open_ticket_of(connection, origin.parent_sid, known)
        answers_another(connection, staff_id, at)
        store.begin_answered(
            connection,
            staff_id,
            origin.caller,
            origin.sid,
            f"answered:{origin.sid}",
            at,
            direction="inbound",
            call_sid=origin.parent_sid,
            citizen=citizen.caller,
            citizen_index=citizen.caller_index,
            language=citizen.language,
            ticket=ticket,
        )

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: one of ours in a talk, or the citizen's."""
        leg = store.leg_of_call(connection, ended.sid) or store.leg_of_token(connection, ended.leg)
        if leg is not None:
            self._leg_ended(connection, leg, ended.at)
            return
        talk = store.talk_of_call(connection, ended.sid) or _dialled(connection, ended)
        if talk is not None and talk.ended_at is None:
            store.change_talk(connection, talk.id, ended_at=ended.at)

    def _leg_ended(self, connection: Connection, leg: Leg, at: datetime) -> None:
        talk = store.talk(connection, leg.talk_id, lock=True)
        leg = store.leg(connection, leg.id) or leg
        if talk is None or not leg.is_open:
            return
        has_talked = leg.joined_at is not None
        state = "left" if has_talked else "failed"
        store.change_leg(connection, leg.id, state=state, left_at=at)
        if leg.role == "supervisor":
            return
        if has_talked and leg.staff_id is not None:
            presence.say(connection, leg.staff_id, "wrap_up", at)
        if leg.role == "colleague" and not has_talked:
            self._transfers.ask_the_next(connection, talk, leg, at)
            return
        if talk.ended_at is not None:
            return
        left = [
            one
            for one in store.legs(connection, talk.id)
            if one.is_open and one.role != "supervisor"
        ]
        if talk.held and leg.role == "agent" and any(one.state == "on" for one in left):
            asking.hold(connection, talk, at, held=False)  # left to the colleague
        if not left:
            # A telephone is put down without telling us; a browser tells.
            cut_off = is_client(leg.address) and leg.hung_up_at is None
            lost = cut_off and _goes_on(connection, talk)
            asking.end_talk(connection, talk, at, lost=lost)

    def conference_event(self, connection: Connection, event: ConferenceEvent) -> None:
        """Somebody has come into the conference of a talk."""
        if event.event != "participant-join":
            return
        talk = store.talk_in_room(connection, event.conference)
        if talk is None:
            return
        legs = [one for one in store.legs(connection, talk.id) if one.is_open]
        leg = next((one for one in legs if one.call_sid == event.call_sid), None)
        if leg is not None:
            store.change_leg(connection, leg.id, in_room_at=event.at)
        elif event.call_sid == talk.call_sid:
            for one in legs:
                if one.hung_up_at and one.role == "agent":
                    asking.hang_up(connection, one, event.at)
        else:
            return
        if talk.held:
            takes_over = leg is not None and leg.role == "colleague" and _alone(leg, legs)
            asking.hold(connection, talk, event.at, held=not takes_over)


def _alone(colleague: Leg, legs: Sequence[Leg]) -> bool:
    """Whether whoever asked a colleague has left the talk to them."""
    others = (one for one in legs if one.id != colleague.id and one.role != "supervisor")
    return all(one.state != "on" or one.hung_up_at for one in others)


def _goes_on(connection: Connection, talk: Talk) -> bool:
    query = select(Call.id).where(Call.sid == talk.call_sid, Call.ended_at.is_(None))
    return connection.execute(query).first() is not None


def _dialled(connection: Connection, ended: CallEnded) -> Talk | None:
    """The talk of a citizen whom one of ours has dialled; a leg not reached says why."""
    query = select(Call.parent_sid).where(Call.sid == ended.sid, Call.parent_sid.is_not(None))
    parent = connection.execute(query).scalar_one_or_none()
    leg = store.leg_of_call(connection, parent or "")
    talk = store.talk(connection, leg.talk_id) if leg else None
    if leg is None or talk is None or talk.direction != "outbound":
        return None
    if ended.status in NOT_REACHED:
        store.change_leg(connection, leg.id, trouble=ended.status)
    return talk
