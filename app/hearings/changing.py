"""Changing a hearing that is only planned: its plan and its list; and its votes until they open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from app.flows.directory import Dialling
from app.hearings import service, store, telling
from app.hearings.errors import HearingError, UnknownHearingError
from app.hearings.models import HearingItem, HearingMember, HearingVote
from app.hearings.service import HearingWish, MemberWish, VoteWish
from app.hearings.states import OVER, UNDER_WAY, Member
from app.hearings.store import Session
from app.hearings.telling import Telling

PLAN = ("title", "quorum_kind", "quorum", "floor_seconds")  # the columns besides the hour


@dataclass(frozen=True, slots=True)
class Changing:
    """Changes planned hearings, by what tells members and by a source of chance for their PINs."""

    telling: Telling
    dialling: Dialling
    random_hex: Callable[[], str]

    def change(
        self,
        connection: Connection,
        session: Session,
        wish: HearingWish,
        people: Sequence[MemberWish],
        actor: str,
        at: datetime,
    ) -> None:
        """Make a locked hearing as it is wished. Raises HearingError.

        Members are known by their telephones: who stays keeps the PIN and is told of a new hour,
        who is new is invited, who is gone is told so.
        """
        _refuse_begun(session)
        service.check(wish, at)
        parts = [name for name in PLAN if getattr(wish, name) != getattr(session, name)]
        if _replace_items(connection, session.id, wish.items):
            parts.append("items")
        if self._change_people(connection, session, people, actor, at):
            parts.append("people")
        session = store.need(connection, session.id)
        if parts:
            detail = ",".join(parts)
            plan: dict[str, Any] = {name: getattr(wish, name) for name in PLAN}
            session = store.change(
                connection, session, at, "changed", actor=actor, detail=detail, **plan
            )
        if wish.starts_at != session.starts_at:
            parts.append("starts_at")
            self._move(connection, session, wish.starts_at, actor, at)
        dialling, random_hex = self.dialling, self.random_hex
        service.add_members(connection, session.id, people, dialling, actor, at, random_hex)
        if parts:
            service.put_on_record(connection, "hearing.changed", session.id, actor, at, parts=parts)

    def remove_member(
        self, connection: Connection, session: Session, member_id: int, actor: str, at: datetime
    ) -> None:
        """Take somebody off the list before anybody was rung. Raises HearingError."""
        _refuse_begun(session)
        self._release(connection, session, session.member(member_id), actor, at)
        store.note(connection, session, at, "changed", detail="people", actor=actor)

    def _change_people(
        self,
        connection: Connection,
        session: Session,
        people: Sequence[MemberWish],
        actor: str,
        at: datetime,
    ) -> bool:
        """Release who is gone and correct who stays; returns whether the list is another one."""
        phones = store.phones_of(connection, session.id)
        wished = {one.phone: one for one in people}
        is_changed = not wished.keys() <= set(phones.values())
        for member in session.members:
            wish = wished.get(phones[member.id])
            if wish is None:
                self._release(connection, session, member, actor, at)
                is_changed = True
            elif (wish.name, wish.role, wish.language) != (
                member.name, member.role, member.language,
            ):  # fmt: skip
                _update(connection, member, name=wish.name, role=wish.role, language=wish.language)
                is_changed = True
        return is_changed

    def _release(
        self, connection: Connection, session: Session, member: Member, actor: str, at: datetime
    ) -> None:
        if any(leg.member_id == member.id and leg.state in UNDER_WAY for leg in session.legs):
            raise HearingError(
                f"{member.name}已经打进来了，不能再删除。",
                f"{member.name} is on the line already: too late to remove.",
            )
        self.telling.tell(connection, session, member, "released", at)
        _update(connection, member, removed_at=at)
        service.put_on_record(
            connection, "hearing.member_removed", session.id, actor, at, member=member.id
        )

    def _move(
        self,
        connection: Connection,
        session: Session,
        starts_at: datetime,
        actor: str,
        at: datetime,
    ) -> None:
        if any(leg.state in UNDER_WAY for leg in session.legs):
            raise HearingError(
                "已经有人打进来等候，时间不能再改。",
                "Somebody is on the line and waits already: too late to change the hour.",
            )
        session = store.change(
            connection,
            session,
            at,
            "moved",
            actor=actor,
            detail=starts_at.isoformat(),
            starts_at=starts_at,
            moves=session.moves + 1,
        )
        service.ask_for_hour(connection, session, at)
        telling.ask_to_move(connection, session, at)


def change_vote(
    connection: Connection,
    session: Session,
    vote_id: int,
    wish: VoteWish,
    actor: str,
    at: datetime,
) -> None:
    """Put a question that was not opened yet in other words. Raises HearingError."""
    _refuse_opened(connection, session, vote_id)
    service.check_vote(wish)
    words = service.words_of(wish)
    connection.execute(update(HearingVote).where(HearingVote.id == vote_id).values(**words))
    store.note(connection, session, at, "changed", detail="votes", actor=actor)
    service.put_on_record(connection, "hearing.vote_changed", session.id, actor, at, vote=vote_id)


def remove_vote(
    connection: Connection, session: Session, vote_id: int, actor: str, at: datetime
) -> None:
    """Take back a question that was not opened yet. Raises HearingError."""
    _refuse_opened(connection, session, vote_id)
    connection.execute(delete(HearingVote).where(HearingVote.id == vote_id))
    store.note(connection, session, at, "changed", detail="votes", actor=actor)
    service.put_on_record(connection, "hearing.vote_removed", session.id, actor, at, vote=vote_id)


def _refuse_begun(session: Session) -> None:
    if session.state != "planned":
        raise HearingError(
            "已经开始拨打或者已经结束，不能再改。", "It has begun or is over: too late to change."
        )


def _refuse_opened(connection: Connection, session: Session, vote_id: int) -> None:
    query = select(HearingVote.state).where(
        HearingVote.id == vote_id, HearingVote.hearing_id == session.id
    )
    state = connection.execute(query).scalar_one_or_none()
    if state is None:
        raise UnknownHearingError
    if state != "ready" or session.state in OVER:
        raise HearingError(
            "这项表决已经开始或结束，不能再改。",
            "That vote was opened or is over: too late to change.",
        )


def _replace_items(
    connection: Connection, hearing_id: int, items: Sequence[tuple[str, int]]
) -> bool:
    """Write another agenda; returns whether it is one."""
    own = HearingItem.hearing_id == hearing_id
    query = select(HearingItem.title, HearingItem.minutes).where(own)
    before = [tuple(row) for row in connection.execute(query.order_by(HearingItem.position))]
    if before == list(items):
        return False
    connection.execute(delete(HearingItem).where(own))
    service.add_items(connection, hearing_id, items)
    return True


def _update(connection: Connection, member: Member, **columns: Any) -> None:
    connection.execute(update(HearingMember).where(HearingMember.id == member.id).values(**columns))
