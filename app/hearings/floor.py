"""The floor: members ask for it, one has it at a time, and it returns by itself."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from app.calls.facts import CallFacts
from app.flows.hearing import AskToSpeak, YieldFloor
from app.hearings import asking, store
from app.hearings.errors import HearingError
from app.hearings.models import HearingTurn
from app.hearings.states import TurnState
from app.hearings.store import Session

ON_THE_WAY = timedelta(seconds=3)  # from the moderator's word until the speaker hears it
GRACE_SECONDS = 15  # after which we end a turn whose telephone never said that it is over


def ask_to_speak(connection: Connection, effect: AskToSpeak, call: CallFacts) -> None:
    """A representative asks for the floor, or does so no longer; each stands in line once."""
    found = store.of_call(connection, call.sid)
    if found is None or found[1].state != "attending":
        return
    session, leg = found
    if session.member(leg.member_id).role != "representative":
        return
    session = store.answer_roll(connection, session, leg, session.roll, call.at)
    waiting = _turn(connection, session, "asked", leg.member_id)
    if effect.wants and waiting is None:
        _add_turn(connection, session, leg.member_id, call.at)
        store.note(connection, session, call.at, "asked_to_speak", leg.member_id)
    elif not effect.wants and waiting is not None:
        _end(connection, waiting, "withdrawn", call.at)
        store.note(connection, session, call.at, "withdrew", leg.member_id)


def yield_floor(connection: Connection, _effect: YieldFloor, call: CallFacts) -> None:
    """A speaker's time is over, or they have finished."""
    found = store.of_call(connection, call.sid)
    if found is not None:
        take(connection, found[0], call.at, member_id=found[1].member_id)


def give(
    connection: Connection, session: Session, member_id: int, at: datetime, actor: str
) -> None:
    """Give the floor to a representative who attends; whoever had it listens again.

    Raises HearingError when the hearing is not open or the member is not there.
    """
    if session.state != "open":
        raise HearingError("听证会还没有开始。", "The hearing is not open.")
    member = session.member(member_id)
    if member.role != "representative" or member_id not in session.attending:
        raise HearingError("这位代表现在不在线。", "That representative is not on the line.")
    take(connection, session, at, actor=actor)
    turn = _turn(connection, session, "asked", member_id)
    turn = turn if turn is not None else _add_turn(connection, session, member_id, at)
    until = at + ON_THE_WAY + timedelta(seconds=session.floor_seconds)
    _change(connection, turn, state="speaking", began_at=at, until=until)
    store.note(connection, session, at, "floor_given", member_id, actor=actor)
    asking.interrupt(connection, session, f"floor-{turn}", at, [member_id])
    after = (until - at).total_seconds() + GRACE_SECONDS
    payload = {"hearing": session.id, "turn": turn}
    asking.ask(connection, "floor_over", str(turn), payload, at, after)


def give_next(connection: Connection, session: Session, at: datetime, actor: str) -> None:
    """Give the floor to who has waited longest. Raises HearingError when nobody waits."""
    query = select(HearingTurn.member_id).where(
        HearingTurn.hearing_id == session.id, HearingTurn.state == "asked"
    )
    waiting = connection.execute(query.order_by(HearingTurn.id)).scalars()
    first = next((member for member in waiting if member in session.attending), None)
    if first is None:
        raise HearingError("现在没有人要求发言。", "Nobody asks to speak.")
    give(connection, session, first, at, actor)


def take(
    connection: Connection,
    session: Session,
    at: datetime,
    *,
    member_id: int | None = None,
    turn: int | None = None,
    actor: str = "",
) -> None:
    """End the turn of whoever speaks, of one member or of one turn only; they are muted again."""
    query = select(HearingTurn.id, HearingTurn.member_id).where(
        HearingTurn.hearing_id == session.id, HearingTurn.state == "speaking"
    )
    speaking = connection.execute(query).one_or_none()
    if speaking is None or member_id not in (None, speaking.member_id):
        return
    if turn not in (None, speaking.id):
        return
    _end(connection, speaking.id, "done", at)
    store.note(connection, session, at, "floor_returned", speaking.member_id, actor=actor)
    if member_id is None:  # who has come back by themselves need not be brought back
        asking.interrupt(connection, session, f"quiet-{speaking.id}", at, [speaking.member_id])


def step_back(connection: Connection, session: Session, member_id: int, at: datetime) -> None:
    """A member is gone: they have not the floor, and stand in no line."""
    take(connection, session, at, member_id=member_id)
    waiting = _turn(connection, session, "asked", member_id)
    if waiting is not None:
        _end(connection, waiting, "withdrawn", at)


def _turn(connection: Connection, session: Session, state: TurnState, member_id: int) -> int | None:
    query = select(HearingTurn.id).where(
        HearingTurn.hearing_id == session.id,
        HearingTurn.state == state,
        HearingTurn.member_id == member_id,
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()


def _add_turn(connection: Connection, session: Session, member_id: int, at: datetime) -> int:
    turn: int = connection.execute(
        insert(HearingTurn)
        .values(hearing_id=session.id, member_id=member_id, state="asked", asked_at=at)
        .returning(HearingTurn.id)
    ).scalar_one()
    return turn


def _end(connection: Connection, turn: int, state: TurnState, at: datetime) -> None:
    _change(connection, turn, state=state, ended_at=at)


def _change(connection: Connection, turn: int, **columns: object) -> None:
    connection.execute(update(HearingTurn).where(HearingTurn.id == turn).values(**columns))
