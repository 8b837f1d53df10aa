"""What the moderator does, from the console and from the keypad: open, roll, agenda, news, end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, func, select, update

from app.calls.facts import CallFacts
from app.flows.hearing import OPENED, Conduct, ConductHearing
from app.hearings import asking, floor, store, telling, voting
from app.hearings.errors import HearingError
from app.hearings.models import HearingItem
from app.hearings.states import BEFORE, OVER, RINGING, HearingState
from app.hearings.store import Session

log = structlog.get_logger()

ROLL_SECONDS = 40
LONGEST_SECONDS = 4 * 3_600
WAIT_SECONDS = 3_600  # after the hour, until a hearing that nobody opens is given up
LONGEST_ANNOUNCEMENT = 200


class Conductor:
    """Conducts hearings, by a source of chance: `random_hex` gives 128 random bits."""

    def __init__(self, random_hex: Callable[[], str]) -> None:
        self._random_hex = random_hex

    def by_keypad(self, connection: Connection, effect: ConductHearing, call: CallFacts) -> None:
        """What a moderator has pressed. Nobody else can; what cannot be done is noted."""
        found = store.of_call(connection, call.sid)
        if found is None or found[1].state != "attending":
            return
        session, leg = found
        member = session.member(leg.member_id)
        if member.role != "moderator":
            log.warning("hearing.conducted_by_another", hearing=session.id, call=call.sid)
            return
        try:
            self.conduct(connection, session, effect.act, call.at, f"member:{member.id}")
        except HearingError as error:
            store.note(connection, session, call.at, "refused", member.id, detail=str(error))

    def conduct(
        self, connection: Connection, session: Session, act: Conduct, at: datetime, actor: str
    ) -> None:
        """Do one of the things that need no further word. Raises HearingError."""
        match act:
            case "open":
                self.open(connection, session, at, actor)
            case "next_speaker":
                floor.give_next(connection, session, at, actor)
            case "take_floor":
                floor.take(connection, session, at, actor=actor)
            case "next_item":
                next_item(connection, session, at, actor)
            case "roll_call":
                call_roll(connection, session, at, actor)
            case "vote":
                secret = self._random_hex() + self._random_hex()
                voting.open_next(connection, session, at, actor, secret)
            case "close_vote":
                voting.close_vote(connection, session, at, actor, self._random_hex)
            case "end":
                self.end(connection, session, at, actor)

    def open_vote(
        self, connection: Connection, session: Session, vote_id: int, at: datetime, actor: str
    ) -> None:
        """Open one of the votes that stand ready. Raises HearingError."""
        secret = self._random_hex() + self._random_hex()
        voting.open_vote(connection, session, vote_id, at, actor, secret)

    def open(self, connection: Connection, session: Session, at: datetime, actor: str) -> None:
        """Open the hearing: everybody who waits comes in. Raises HearingError."""
        if session.state not in BEFORE:
            raise HearingError("听证会已经开始或结束。", "The hearing is open or over already.")
        session = store.change(
            connection, session, at, "opened", actor=actor, state="open", opened_at=at
        )
        asking.interrupt(connection, session, f"{OPENED}{session.id}", at)
        payload = {"hearing": session.id}
        asking.ask(connection, "end_at_last", str(session.id), payload, at, LONGEST_SECONDS)

    def end(self, connection: Connection, session: Session, at: datetime, actor: str) -> None:
        """End the hearing for everybody; an open vote is counted first."""
        if session.state in OVER:
            return
        if voting.open_vote_of(connection, session.id) is not None:
            voting.close_vote(connection, session, at, actor, self._random_hex)
        floor.take(connection, session, at, actor=actor)
        _end_item(connection, session, at)
        state: HearingState = "closed" if session.state == "open" else "cancelled"
        for leg in session.legs:
            if leg.state in RINGING and leg.call_sid is not None:
                asking.hang_up(connection, leg, at)
        if session.state == "planned":
            telling.ask_to_cancel(connection, session, at)
        asking.interrupt(connection, session, f"end-{session.id}", at)
        store.change(
            connection,
            session,
            at,
            state,
            actor=actor,
            state=state,
            closed_at=at,
            roll_until=None,
        )
        asking.ask(connection, "end", str(session.id), {"hearing": session.id}, at)

    def end_unless_open(self, connection: Connection, hearing_id: int, at: datetime) -> None:
        """Give up a hearing that nobody has opened."""
        session = store.load(connection, hearing_id)
        if session is not None and session.state in BEFORE:
            self.end(connection, session, at, "system")


def call_roll(connection: Connection, session: Session, at: datetime, actor: str) -> None:
    """Call the roll: every representative who attends presses a key. Raises HearingError."""
    if session.state in OVER or session.state == "planned":
        raise HearingError("现在不能点名。", "The roll cannot be called now.")
    if session.roll_until is not None:
        raise HearingError("已经在点名。", "The roll is being called already.")
    if voting.open_vote_of(connection, session.id) is not None:
        raise HearingError("表决期间不能点名。", "The roll cannot be called during a vote.")
    floor.take(connection, session, at, actor=actor)
    until = at + timedelta(seconds=ROLL_SECONDS)
    session = store.change(connection, session, at, "roll_begun", actor=actor, roll_until=until)
    number = session.roll + 1
    called = [member.id for member in session.members if member.role == "representative"]
    asking.interrupt(connection, session, f"roll-{session.id}-{number}", at, called)
    payload = {"hearing": session.id, "roll": number}
    asking.ask(connection, "close_roll", f"{session.id}:{number}", payload, at, ROLL_SECONDS)


def close_roll(connection: Connection, hearing_id: int, number: int, at: datetime) -> None:
    """End a roll call: who has not answered it is not present."""
    session = store.load(connection, hearing_id)
    if session is None or session.roll_until is None or session.roll + 1 != number:
        return
    store.change(connection, session, at, "roll_taken", roll=number, roll_until=None)


def next_item(connection: Connection, session: Session, at: datetime, actor: str) -> None:
    """Go to the next item of the agenda. Raises HearingError after the last."""
    if session.state != "open":
        raise HearingError("听证会还没有开始。", "The hearing is not open.")
    items = select(func.count()).where(HearingItem.hearing_id == session.id)
    if session.item >= connection.execute(items).scalar_one():
        raise HearingError("已经是最后一个议题。", "That was the last item.")
    _end_item(connection, session, at)
    number = session.item + 1
    connection.execute(
        update(HearingItem)
        .where(HearingItem.hearing_id == session.id, HearingItem.position == number)
        .values(began_at=at)
    )
    store.change(connection, session, at, "item", actor=actor, detail=str(number), item=number)


def announce(
    connection: Connection, session: Session, words: str, at: datetime, actor: str
) -> None:
    """Have a text spoken to everybody who attends. Raises HearingError for one that cannot be."""
    words = " ".join(words.split())
    if not words or len(words) > LONGEST_ANNOUNCEMENT:
        raise HearingError(
            f"请写通知的内容，最多 {LONGEST_ANNOUNCEMENT} 字。",
            f"Write what is to be announced, in at most {LONGEST_ANNOUNCEMENT} characters.",
        )
    if session.state in OVER:
        raise HearingError("听证会已经结束。", "The hearing is over.")
    number = store.note(connection, session, at, "announced", detail=words, actor=actor)
    asking.interrupt(connection, session, f"say-{number}", at)


def _end_item(connection: Connection, session: Session, at: datetime) -> None:
    connection.execute(
        update(HearingItem)
        .where(
            HearingItem.hearing_id == session.id,
            HearingItem.position == session.item,
            HearingItem.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
