"""Votes: opened with a quorum, cast by key in secret, sealed until closed, counted by everybody.

While a vote is open a ballot lies under a keyed hash of its voter, so that each counts once and may
be changed. Closing counts the ballots, writes them anew under random tokens in the order of those,
chains them, and destroys the key and the sealed ballots, all in one transaction.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from app.calls.facts import CallFacts
from app.database import insert_once
from app.flows.hearing import VOTE_OPENED, CastBallot
from app.hearings import asking, floor, store
from app.hearings.errors import HearingError, UnknownHearingError, VoteOverError
from app.hearings.models import HearingBallot, HearingVote, HearingVoter, SealedBallot
from app.hearings.store import Session
from app.people.audit.models import AuditEntry
from app.people.audit.service import record

CLOSED = "hearing.vote_closed"


def open_vote(
    connection: Connection,
    session: Session,
    vote_id: int,
    at: datetime,
    actor: str,
    secret: str,
) -> None:
    """Open a vote and bring every representative to it. Raises HearingError when it may not be.

    `secret` is random and kept only until the vote is closed.
    """
    vote = _row(connection, session.id, vote_id)
    if session.state != "open":
        raise HearingError("听证会还没有开始。", "The hearing is not open.")
    if vote["state"] != "ready":
        raise HearingError("这项表决已经进行过。", "That vote has been held already.")
    if open_vote_of(connection, session.id) is not None:
        raise HearingError("另一项表决正在进行。", "Another vote is open.")
    if session.roll_until is not None:
        raise HearingError("正在点名，请稍等。", "The roll is being called: wait for its end.")
    if not session.is_quorate:
        here, wanted = len(session.present), session.needed
        raise HearingError(
            f"到会 {here} 人，不足 {wanted} 人，不能表决。",
            f"{here} are present and {wanted} are needed: there can be no vote.",
        )
    floor.take(connection, session, at, actor=actor)
    here = len(session.present)
    _change(connection, vote_id, state="open", opened_at=at, secret=secret, present=here)
    store.note(connection, session, at, "vote_opened", detail=str(vote_id), actor=actor)
    voters = [member.id for member in session.members if member.role == "representative"]
    asking.interrupt(connection, session, f"{VOTE_OPENED}{vote_id}", at, voters)


def open_next(
    connection: Connection, session: Session, at: datetime, actor: str, secret: str
) -> None:
    """Open the first vote that stands ready. Raises HearingError."""
    query = select(HearingVote.id).where(
        HearingVote.hearing_id == session.id, HearingVote.state == "ready"
    )
    found = connection.execute(query.order_by(HearingVote.position).limit(1)).scalar()
    if found is None:
        raise HearingError("没有准备好的表决。", "No vote stands ready.")
    open_vote(connection, session, found, at, actor, secret)


def cast(connection: Connection, effect: CastBallot, call: CallFacts) -> None:
    """Cast a representative's ballot, or change it. Raises VoteOverError when it came too late."""
    found = store.of_call(connection, call.sid)
    if found is None or found[1].state != "attending":
        raise VoteOverError
    session, leg = found
    if session.member(leg.member_id).role != "representative":
        raise VoteOverError
    vote = open_vote_of(connection, session.id)
    if vote is None or str(vote["id"]) != effect.vote:
        raise VoteOverError
    if effect.choice not in {key for key, _ in options_in(vote["options"], "")}:
        raise VoteOverError
    store.answer_roll(connection, session, leg, session.roll, call.at)
    voter = voter_of(vote["secret"], leg.member_id)
    mine = (SealedBallot.vote_id == vote["id"], SealedBallot.voter == voter)
    connection.execute(delete(SealedBallot).where(*mine))
    connection.execute(
        insert(SealedBallot).values(vote_id=vote["id"], voter=voter, choice=effect.choice)
    )
    insert_once(connection, HearingVoter, vote_id=vote["id"], member_id=leg.member_id)


def close_vote(
    connection: Connection,
    session: Session,
    at: datetime,
    actor: str,
    random_hex: Callable[[], str],
) -> None:
    """Close the open vote, count it and tell everybody. Raises HearingError when none is open."""
    vote = open_vote_of(connection, session.id)
    if vote is None:
        raise HearingError("现在没有表决。", "No vote is open.")
    vote_id: int = vote["id"]
    sealed = select(SealedBallot.choice).where(SealedBallot.vote_id == vote_id)
    choices = list(connection.execute(sealed).scalars())
    ballots = sorted((random_hex(), choice) for choice in choices)
    head = _beginning(vote_id)
    for position, (token, choice) in enumerate(ballots, start=1):
        head = _link(head, token, choice)
        connection.execute(
            insert(HearingBallot).values(
                token=token, vote_id=vote_id, position=position, choice=choice, link=head
            )
        )
    connection.execute(delete(SealedBallot).where(SealedBallot.vote_id == vote_id))
    tally = dict(sorted(Counter(choices).items()))
    _change(
        connection,
        vote_id,
        state="closed",
        closed_at=at,
        secret="",
        tally=json.dumps(tally),
        head=head,
    )
    store.note(connection, session, at, "vote_closed", detail=str(vote_id), actor=actor)
    asking.interrupt(connection, session, f"tally-{vote_id}", at)
    detail = {"ballots": len(ballots), "tally": tally, "head": head}
    target = f"hearing:{session.id}:vote:{vote_id}"
    record(connection, actor=actor or "system", act=CLOSED, target=target, detail=detail, at=at)


@dataclass(frozen=True, slots=True)
class Check:
    """The count of a closed vote, done again by somebody else.

    `head` is the end of the chain as it stands in the vote; the other facts say whether the
    ballots lead to it, whether the audit has the same, whether the tally is their count, and
    whether as many members voted as there are ballots.
    """

    ballots: int
    voters: int
    head: str
    chain_holds: bool
    audit_agrees: bool
    tally_agrees: bool

    @property
    def is_sound(self) -> bool:
        """Whether everything fits."""
        return (
            self.chain_holds
            and self.audit_agrees
            and self.tally_agrees
            and self.ballots == self.voters
        )


def check_count(connection: Connection, hearing_id: int, vote_id: int) -> Check:
    """Count a closed vote again. Raises UnknownHearingError for one that is none."""
    vote = _row(connection, hearing_id, vote_id)
    query = select(HearingBallot.token, HearingBallot.choice, HearingBallot.link)
    ballots = connection.execute(
        query.where(HearingBallot.vote_id == vote_id).order_by(HearingBallot.position)
    ).all()
    head, holds = _beginning(vote_id), True
    for ballot in ballots:
        head = _link(head, ballot.token, ballot.choice)
        holds = holds and ballot.link == head
    voters = select(func.count()).where(HearingVoter.vote_id == vote_id)
    told = connection.execute(
        select(AuditEntry.detail).where(
            AuditEntry.act == CLOSED, AuditEntry.target == f"hearing:{hearing_id}:vote:{vote_id}"
        )
    ).scalars()
    counted = Counter(ballot.choice for ballot in ballots)
    return Check(
        ballots=len(ballots),
        voters=connection.execute(voters).scalar_one(),
        head=vote["head"],
        chain_holds=holds and head == vote["head"],
        audit_agrees=[json.loads(detail)["head"] for detail in told] == [vote["head"]],
        tally_agrees=json.loads(vote["tally"] or "{}") == counted,
    )


def voter_of(secret: str, member_id: int) -> str:
    """Under what a member's ballot lies while its vote is open."""
    return hmac.new(secret.encode(), str(member_id).encode(), hashlib.sha256).hexdigest()


def open_vote_of(connection: Connection, hearing_id: int) -> RowMapping | None:
    """The row of the vote that is open in a hearing, its secret included."""
    table = HearingVote.__table__
    query = select(table).where(table.c.hearing_id == hearing_id, table.c.state == "open")
    return connection.execute(query).mappings().one_or_none()


def options_in(written: str, language: str) -> Sequence[tuple[str, str]]:
    """The keys and words of a vote's options in a language, or in the first one written."""
    by_language: dict[str, list[str]] = json.loads(written)
    words = by_language.get(language) or next(iter(by_language.values()))
    return [(str(number), label) for number, label in enumerate(words, start=1)]


def question_in(written: str, language: str) -> str:
    """A vote's question in a language, or in the first one written."""
    by_language: dict[str, str] = json.loads(written)
    return by_language.get(language) or next(iter(by_language.values()))


def _beginning(vote_id: int) -> str:
    return hashlib.sha256(f"vote {vote_id}".encode()).hexdigest()


def _link(before: str, token: str, choice: str) -> str:
    return hashlib.sha256(f"{before} {token} {choice}".encode()).hexdigest()


def _row(connection: Connection, hearing_id: int, vote_id: int) -> RowMapping:
    table = HearingVote.__table__
    query = select(table).where(table.c.id == vote_id, table.c.hearing_id == hearing_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise UnknownHearingError
    return row


def _change(connection: Connection, vote_id: int, **columns: Any) -> None:
    connection.execute(update(HearingVote).where(HearingVote.id == vote_id).values(**columns))
