"""Bringing a colleague into a talk: blind, or warm with all three on the line.

Whom to ask is found as for a caller who waits; each is rung by the retry law, one after another.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.calls.facts import CallOrigin
from app.calls.telephony import CallOrder
from app.database import blind_index
from app.flows.directory import Directory
from app.people.presence.address import staff_of
from app.queueing.crew import Member, crew, occupied
from app.softphone import asking, store
from app.softphone.errors import NobodyError, NoTalkError
from app.softphone.store import Leg, Talk
from app.softphone.talking import answers_another, current
from app.tickets.changes import SYSTEM, staff_actor

PURPOSE = "transfer"
MOST_ASKED = 3  # colleagues, one after another
RING_SECONDS = 20
ASKED_FOR = timedelta(seconds=60)  # a colleague, until the citizen waits in vain
TALK_SECONDS = 3_600


class Transfers:
    """Asks colleagues; places their calls (`app.calls.retry_law.Dialling`), by a leg's id."""

    def __init__(self, directory: Callable[[], Directory], random_id: Callable[[], str]) -> None:
        self._directory = directory
        self._random_id = random_id

    def transfer(
        self, connection: Connection, staff_id: int, target: str, at: datetime, *, blind: bool
    ) -> None:
        """Ask a department or a person into the talk; `blind` leaves it to them at once.

        Raises NoTalkError, NotAnsweredError, or NobodyError when nobody there is free.
        """
        talk, mine = current(connection, staff_id)
        if mine.role == "supervisor" or self._asked(connection, talk):
            raise NoTalkError
        if self._free(connection, talk, target, at) is None:
            raise NobodyError
        was_in_room = bool(talk.room)
        talk = asking.into_room(connection, talk, f"talk-{self._random_id()}", at)
        if not blind:
            asking.hold(connection, talk, at, held=True)
        else:
            store.change_leg(connection, mine.id, hung_up_at=at)
            if was_in_room:
                asking.hang_up(connection, mine, at)
        self._ask(connection, talk, target, at, blind=blind)

    def take_back(self, connection: Connection, staff_id: int, at: datetime) -> None:
        """Whoever was asked is asked no more, and the citizen is on hold no more."""
        talk, _ = current(connection, staff_id)
        for leg in self._asked(connection, talk):
            store.change_leg(connection, leg.id, state="failed", left_at=at, trouble="taken_back")
            asking.hang_up(connection, leg, at)
        asking.hold(connection, talk, at, held=False)

    def ask_the_next(self, connection: Connection, talk: Talk, failed: Leg, at: datetime) -> None:
        """One did not come: ask another, or give up; nobody else with the citizen, they wait again.

        Never for a talk that is over.
        """
        if talk.ended_at is not None:
            return
        asked = [one for one in store.legs(connection, talk.id) if one.target == failed.target]
        if len(asked) < MOST_ASKED and self._free(connection, talk, failed.target, at) is not None:
            self._ask(connection, talk, failed.target, at, blind=failed.blind)
        else:
            self._give_up(connection, talk, failed, at)

    def _give_up(self, connection: Connection, talk: Talk, failed: Leg, at: datetime) -> None:
        store.change_leg(connection, failed.id, trouble="nobody")
        with_citizen = [
            one
            for one in store.legs(connection, talk.id)
            if one.is_open and one.role != "supervisor" and not one.hung_up_at
        ]
        if not with_citizen and talk.ended_at is None:
            asking.end_talk(connection, talk, at, lost=True)

    def give_up_late(self, connection: Connection, at: datetime) -> None:
        """A colleague who could not be rung, or of whom nothing was heard, is asked no more."""
        for leg_id in store.late_colleagues(connection, at - ASKED_FOR):
            failed = self._failed(connection, leg_id, at)
            if failed is not None:
                self._give_up(connection, *failed, at)

    # --- whoever is asked

    def answered(
        self, connection: Connection, token: str, origin: CallOrigin, at: datetime
    ) -> bool:
        """A colleague answered and takes the talk; False when it is over, or another's."""
        leg = store.leg_of_token(connection, token)
        talk = store.talk(connection, leg.talk_id) if leg else None
        if leg is None or talk is None or talk.ended_at is not None:
            return False
        if leg.state == "on":
            return leg.call_sid == origin.sid
        if leg.staff_id is not None:
            answers_another(connection, leg.staff_id, at)
        return store.use_leg(
            connection, leg.id, ("dialing",), state="on", call_sid=origin.sid, joined_at=at
        )

    # --- placing their calls (`Dialling`)

    def begin_dialling(self, connection: Connection, leg: int, at: datetime) -> CallOrder | None:
        """The call to be placed, now marked as placed."""
        asked = store.leg(connection, leg)
        talk = store.talk(connection, asked.talk_id, lock=True) if asked else None
        if asked is None or talk is None or talk.ended_at is not None or asked.state != "asked":
            return None
        member = self._free(connection, talk, asked.target, at)
        if member is None:
            self._came_to_nothing(connection, leg, at)
            return None
        address = member.contact.phone
        store.change_leg(
            connection, leg, state="dialing", address=address, staff_id=member.contact.staff_id
        )
        by = next((one.staff_id for one in store.legs(connection, talk.id)), None)
        return CallOrder(
            to=address,
            leg=asked.token,
            ring_seconds=RING_SECONDS,
            limit_seconds=TALK_SECONDS,
            purpose=PURPOSE,
            actor=staff_actor(by) if by else SYSTEM,
            to_talk=True,
        )

    def not_placed(self, connection: Connection, leg: int, at: datetime) -> None:
        """It was certainly not placed: it may be asked for again."""
        store.use_leg(connection, leg, ("dialing",), state="asked")

    def placed(self, connection: Connection, leg: int, call_sid: str, at: datetime) -> None:
        """It was placed; its webhooks may have been here first."""
        store.change_leg(connection, leg, call_sid=call_sid)

    def undialable(self, connection: Connection, leg: int, at: datetime) -> None:
        """It was refused for good: ask another."""
        self._came_to_nothing(connection, leg, at)

    def outcome_unknown(self, connection: Connection, leg: int, at: datetime) -> None:
        """Nobody knows whether it rings: another is asked; who answers first has the talk."""
        self._came_to_nothing(connection, leg, at)

    def _came_to_nothing(self, connection: Connection, leg_id: int, at: datetime) -> None:
        failed = self._failed(connection, leg_id, at)
        if failed is not None:
            self.ask_the_next(connection, *failed, at)

    def _failed(self, connection: Connection, leg_id: int, at: datetime) -> tuple[Talk, Leg] | None:
        """A colleague does not come, and their talk; None for one who came, or failed before."""
        came_to_nothing = {"state": "failed", "left_at": at}
        if not store.use_leg(connection, leg_id, ("asked", "dialing"), **came_to_nothing):
            return None
        leg = store.leg(connection, leg_id)
        talk = store.talk(connection, leg.talk_id, lock=True) if leg else None
        return (talk, leg) if leg is not None and talk is not None else None

    # --- whom

    def _ask(
        self, connection: Connection, talk: Talk, target: str, at: datetime, *, blind: bool
    ) -> None:
        leg_id = store.add_leg(
            connection,
            talk_id=talk.id,
            role="colleague",
            staff_id=None,
            token=self._random_id(),
            state="asked",
            target=target,
            blind=blind,
            asked_at=at,
        )
        asking.invite(connection, leg_id, at)

    def _asked(self, connection: Connection, talk: Talk) -> list[Leg]:
        return [
            one
            for one in store.legs(connection, talk.id)
            if one.role == "colleague" and one.state in ("asked", "dialing")
        ]

    def _free(self, connection: Connection, talk: Talk, target: str, at: datetime) -> Member | None:
        """The first who is free and was not in this talk or asked into it before."""
        known = {blind_index(one.address) for one in store.legs(connection, talk.id)}
        people = {one.staff_id for one in store.legs(connection, talk.id) if one.staff_id}
        members = [
            one
            for one in crew(connection, self._directory(), target, at)
            if not one.trouble
            and one.index not in known
            and (one.contact.staff_id or staff_of(one.contact.phone)) not in people
        ]
        busy = occupied(connection, {one.index for one in members}, at)
        return next((one for one in members if one.index not in busy), None)
