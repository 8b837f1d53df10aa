"""What a call in a hearing finds when it looks: the answers to the lookups of its flow."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection, func, select

from app.calls.facts import CallFacts
from app.database import blind_index
from app.flows.hearing import (
    HearingDoor,
    HearingDoorLookup,
    HearingFound,
    HearingLookup,
    VoteFound,
    VoteOption,
)
from app.hearings import store
from app.hearings.models import (
    Hearing,
    HearingEvent,
    HearingItem,
    HearingLeg,
    HearingMember,
    HearingTurn,
    HearingVote,
    SealedBallot,
)
from app.hearings.states import OVER, HearingState
from app.hearings.voting import open_vote_of, options_in, question_in, voter_of

EARLIEST = timedelta(minutes=15)  # before the hour: from then on a PIN opens the door


def find(connection: Connection, lookup: HearingLookup, call: CallFacts) -> HearingFound | None:
    """How a hearing stands for the member whose call looks; None for any other call."""
    query = select(HearingLeg.member_id, HearingLeg.state, HearingLeg.roll).where(
        HearingLeg.call_sid == call.sid
    )
    leg = connection.execute(query).one_or_none()
    if leg is None or leg.state not in ("notice", "attending"):
        return None
    found = _for_member(connection, leg.member_id, call.language)
    if leg.state == "notice":
        return replace(found, roll=0)
    found = replace(found, roll=found.roll if leg.roll < found.roll else 0)
    return _with_news(connection, found, lookup, call.language)


def find_door(
    connection: Connection, lookup: HearingDoorLookup, call: CallFacts
) -> HearingDoor | None:
    """Whose PIN this is, and how their hearing stands; None when it is nobody's any more."""
    query = (
        select(HearingMember.id, HearingMember.hearing_id, Hearing.starts_at)
        .join(Hearing, Hearing.id == HearingMember.hearing_id)
        .where(
            HearingMember.pin_hash == pin_hash(lookup.pin),
            HearingMember.removed_at.is_(None),
            Hearing.state.not_in(OVER),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    found = replace(_for_member(connection, row.id, call.language), roll=0)
    opens_at = row.starts_at - EARLIEST
    is_early = call.at < opens_at
    return HearingDoor(str(row.hearing_id), str(row.id), found, opens_at if is_early else None)


def pin_hash(pin: str) -> str:
    """By what a PIN is looked up."""
    return blind_index(f"hearing pin {pin}")


def _for_member(connection: Connection, member_id: int, language: str) -> HearingFound:
    """A hearing as a member sees it, whatever their leg; `roll` is the one that is being called."""
    query = (
        select(
            Hearing.id, Hearing.state, Hearing.conference, Hearing.title, Hearing.item,
            Hearing.roll, Hearing.roll_until,
            HearingMember.role, HearingMember.name, HearingMember.position,
        )
        .join(Hearing, Hearing.id == HearingMember.hearing_id)
        .where(HearingMember.id == member_id)
    )  # fmt: skip
    row = connection.execute(query).one()
    found = HearingFound(
        state=_seen(row.state),
        conference=row.conference,
        title=row.title,
        role=row.role,
        member=row.name,
        position=row.position,
        item=_item(connection, row.id, row.item),
    )
    if row.role == "moderator":
        return _for_moderator(connection, row.id, found)
    if row.role == "observer":
        return found
    calling = row.roll + 1 if row.roll_until is not None else 0
    found = replace(found, roll=calling, vote=_vote(connection, row.id, member_id, language))
    return _with_turn(connection, row.id, member_id, found)


def _seen(state: HearingState) -> Literal["calling", "open", "closed"]:
    if state in OVER:
        return "closed"
    return "open" if state == "open" else "calling"


def _item(connection: Connection, hearing_id: int, position: int) -> str:
    query = select(HearingItem.title).where(
        HearingItem.hearing_id == hearing_id, HearingItem.position == position
    )
    return connection.execute(query).scalar_one_or_none() or ""


def _for_moderator(connection: Connection, hearing_id: int, found: HearingFound) -> HearingFound:
    session = store.load(connection, hearing_id, lock=False)
    assert session is not None
    ready = select(func.count()).where(
        HearingVote.hearing_id == hearing_id, HearingVote.state == "ready"
    )
    waiting = select(func.count()).where(
        HearingTurn.hearing_id == hearing_id, HearingTurn.state == "asked"
    )
    return replace(
        found,
        voting=open_vote_of(connection, hearing_id) is not None,
        can_vote=connection.execute(ready).scalar_one() > 0,
        present=len(session.present),
        needed=session.needed,
        waiting=connection.execute(waiting).scalar_one(),
    )


def _with_turn(
    connection: Connection, hearing_id: int, member_id: int, found: HearingFound
) -> HearingFound:
    query = select(HearingTurn.member_id, HearingTurn.state, HearingTurn.until).where(
        HearingTurn.hearing_id == hearing_id, HearingTurn.state.in_(("asked", "speaking"))
    )
    turns = connection.execute(query.order_by(HearingTurn.id)).all()
    waiting = [turn.member_id for turn in turns if turn.state == "asked"]
    speaks = next(
        (turn.until for turn in turns if turn.state == "speaking" and turn.member_id == member_id),
        None,
    )
    place = waiting.index(member_id) + 1 if member_id in waiting else 0
    return replace(found, floor_until=speaks, asked=place)


def _vote(
    connection: Connection, hearing_id: int, member_id: int, language: str
) -> VoteFound | None:
    vote = open_vote_of(connection, hearing_id)
    if vote is None:
        return None
    mine = select(SealedBallot.choice).where(
        SealedBallot.vote_id == vote["id"],
        SealedBallot.voter == voter_of(vote["secret"], member_id),
    )
    return VoteFound(
        id=str(vote["id"]),
        question=question_in(vote["question"], language),
        options=_options(options_in(vote["options"], language), {}),
        mine=connection.execute(mine).scalar_one_or_none() or "",
    )


def _options(written: Sequence[tuple[str, str]], tally: dict[str, int]) -> tuple[VoteOption, ...]:
    return tuple(VoteOption(key, label, tally.get(key, 0)) for key, label in written)


def _with_news(
    connection: Connection, found: HearingFound, lookup: HearingLookup, language: str
) -> HearingFound:
    """With what the interruption is to tell: an announcement, or how a vote went."""
    kind, _, number = lookup.news.partition("-")
    if not (number.isdigit() and lookup.hearing.isdigit()):
        return found
    hearing_id = int(lookup.hearing)
    if kind == "say":
        words = select(HearingEvent.detail).where(
            HearingEvent.id == int(number),
            HearingEvent.event == "announced",
            HearingEvent.hearing_id == hearing_id,
        )
        return replace(found, announcement=connection.execute(words).scalar_one_or_none() or "")
    if kind == "tally":
        return replace(found, tally=_tally(connection, hearing_id, int(number), language))
    return found


def _tally(
    connection: Connection, hearing_id: int, vote_id: int, language: str
) -> VoteFound | None:
    query = select(HearingVote.question, HearingVote.options, HearingVote.tally).where(
        HearingVote.id == vote_id,
        HearingVote.state == "closed",
        HearingVote.hearing_id == hearing_id,
    )
    vote = connection.execute(query).one_or_none()
    if vote is None:
        return None
    options = _options(options_in(vote.options, language), json.loads(vote.tally))
    return VoteFound(str(vote_id), question_in(vote.question, language), options)
