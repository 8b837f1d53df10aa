"""Planning a hearing: its title, hour, agenda, members and questions."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from app.flows.directory import Dialling
from app.flows.hearing import Attendance
from app.flows.numbering import refused_as
from app.hearings import asking, store, telling
from app.hearings.attendance import plan_round
from app.hearings.conduct import WAIT_SECONDS
from app.hearings.errors import HearingError
from app.hearings.looking import pin_hash
from app.hearings.models import Hearing, HearingItem, HearingMember, HearingVote
from app.hearings.states import OVER, QuorumKind
from app.hearings.store import Session
from app.people.audit.service import record

MOST_MEMBERS = 60
MOST_REPRESENTATIVES = 50
MOST_ITEMS = 30
MOST_OPTIONS = 8
PIN_DIGITS = 8
BEGUN_EARLY = 101  # the number of the first round when it is; those of the hour begin with 1
LONGEST_TITLE, LONGEST_ITEM, LONGEST_QUESTION, LONGEST_OPTION = 120, 200, 200, 40
FLOOR_SECONDS = range(30, 1_801)


@dataclass(frozen=True, slots=True)
class MemberWish:
    """Somebody who is to take part; `phone` in E.164."""

    name: str
    phone: str
    role: Attendance
    language: str


@dataclass(frozen=True, slots=True)
class HearingWish:
    """A hearing to be planned. `items` are titles with the minutes each is to take."""

    title: str
    starts_at: datetime
    quorum_kind: QuorumKind
    quorum: int
    floor_seconds: int
    items: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class VoteWish:
    """A question to be voted on, and its answers in the order of their keys, both by language."""

    question: Mapping[str, str]
    options: Mapping[str, Sequence[str]]


def plan(
    connection: Connection,
    wish: HearingWish,
    actor: str,
    at: datetime,
    random_hex: Callable[[], str],
) -> int:
    """Plan a hearing; returns its number. Raises HearingError."""
    check(wish, at)
    hearing_id: int = connection.execute(
        insert(Hearing)
        .values(
            title=wish.title.strip(),
            state="planned",
            starts_at=wish.starts_at,
            quorum_kind=wish.quorum_kind,
            quorum=wish.quorum,
            floor_seconds=wish.floor_seconds,
            conference=f"h-{random_hex()}",
            created_by=actor,
            created_at=at,
        )
        .returning(Hearing.id)
    ).scalar_one()
    add_items(connection, hearing_id, wish.items)
    session = store.need(connection, hearing_id)
    ask_for_hour(connection, session, at)
    store.note(connection, session, at, "planned", actor=actor)
    put_on_record(connection, "hearing.planned", hearing_id, actor, at)
    return hearing_id


def ask_for_hour(connection: Connection, session: Session, at: datetime) -> None:
    """Have everybody rung at the hour, and the hearing given up when nobody opens it then."""
    wait = (session.starts_at - at).total_seconds()
    plan_round(connection, session, 1, at, wait)
    payload = {"hearing": session.id, "moves": session.moves}
    subject = f"{session.id}:{session.moves}"
    asking.ask(connection, "expire", subject, payload, at, wait + WAIT_SECONDS)


def add_items(connection: Connection, hearing_id: int, items: Sequence[tuple[str, int]]) -> None:
    """Write an agenda where there is none."""
    for position, (title, minutes) in enumerate(items, start=1):
        connection.execute(
            insert(HearingItem).values(
                hearing_id=hearing_id, position=position, title=title, minutes=minutes
            )
        )


def add_members(
    connection: Connection,
    hearing_id: int,
    wishes: Sequence[MemberWish],
    dialling: Dialling,
    actor: str,
    at: datetime,
    random_hex: Callable[[], str],
) -> int:
    """Add members, each telephone once; returns how many are new. Raises HearingError.

    Only telephones on the site's list `dialling` are rung (threat T1).
    """
    session = store.need(connection, hearing_id)
    if session.state in OVER:
        raise HearingError("听证会已经结束。", "The hearing is over.")
    for wish in wishes:
        if refused_as(wish.phone, dialling) is not None:
            raise HearingError(
                f"{wish.name}的电话 {wish.phone} 不能拨打：不在允许拨打的号码范围内。",
                f"{wish.phone} of {wish.name} is not rung: it is not on the list of what may be.",
            )
    phones = frozenset(store.phones_of(connection, hearing_id).values())
    fresh = {wish.phone: wish for wish in wishes if wish.phone not in phones}
    roles = [member.role for member in session.members] + [one.role for one in fresh.values()]
    if len(roles) > MOST_MEMBERS or roles.count("representative") > MOST_REPRESENTATIVES:
        raise HearingError(
            f"代表最多 {MOST_REPRESENTATIVES} 人，全部最多 {MOST_MEMBERS} 人。",
            f"At most {MOST_REPRESENTATIVES} representatives and {MOST_MEMBERS} people in all.",
        )
    last = select(func.max(HearingMember.position)).where(HearingMember.hearing_id == hearing_id)
    begin = (connection.execute(last).scalar() or 0) + 1
    for position, wish in enumerate(fresh.values(), start=begin):
        pin = f"{int(random_hex(), 16) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
        member_id: int = connection.execute(
            insert(HearingMember)
            .values(
                hearing_id=hearing_id,
                position=position,
                role=wish.role,
                name=wish.name,
                phone=wish.phone,
                language=wish.language,
                pin=pin,
                pin_hash=pin_hash(pin),
            )
            .returning(HearingMember.id)
        ).scalar_one()
        telling.ask_to_invite(connection, session, member_id, at)
    if fresh:
        put_on_record(connection, "hearing.members_added", hearing_id, actor, at, count=len(fresh))
    return len(fresh)


def prepare_vote(
    connection: Connection, hearing_id: int, wish: VoteWish, actor: str, at: datetime
) -> int:
    """Prepare a question; returns its number. Raises HearingError."""
    session = store.need(connection, hearing_id)
    if session.state in OVER:
        raise HearingError("听证会已经结束。", "The hearing is over.")
    check_vote(wish)
    last = select(func.max(HearingVote.position)).where(HearingVote.hearing_id == hearing_id)
    position = (connection.execute(last).scalar() or 0) + 1
    vote_id: int = connection.execute(
        insert(HearingVote)
        .values(
            hearing_id=hearing_id,
            position=position,
            state="ready",
            **words_of(wish),
        )
        .returning(HearingVote.id)
    ).scalar_one()
    put_on_record(connection, "hearing.vote_prepared", hearing_id, actor, at, vote=vote_id)
    return vote_id


def words_of(wish: VoteWish) -> dict[str, str]:
    """The columns of a question and its options."""
    return {
        "question": json.dumps(wish.question, ensure_ascii=False),
        "options": json.dumps(wish.options, ensure_ascii=False),
    }


def begin_now(connection: Connection, hearing_id: int, actor: str, at: datetime) -> None:
    """Ring everybody at once instead of at the hour. Raises HearingError."""
    session = store.need(connection, hearing_id)
    if session.state != "planned":
        raise HearingError(
            "已经在拨打或者已经结束。", "They are being rung already, or it is over."
        )
    connection.execute(update(Hearing).where(Hearing.id == hearing_id).values(starts_at=at))
    store.note(connection, session, at, "begun_early", actor=actor)
    plan_round(connection, session, BEGUN_EARLY, at, 0)


def check(wish: HearingWish, at: datetime) -> None:
    """Raise HearingError for what cannot be planned."""
    if not wish.title.strip() or len(wish.title) > LONGEST_TITLE:
        raise HearingError("请写听证会的题目。", "Write the title of the hearing.")
    if wish.starts_at < at - timedelta(minutes=1):
        raise HearingError("开始时间已经过去。", "The hour lies in the past.")
    if wish.quorum < 1 or (wish.quorum_kind == "share" and wish.quorum > 100):
        raise HearingError(
            "法定人数要写人数，或者 1 到 100 的百分数。",
            "The quorum is a number of people, or a share of 1 to 100 per cent.",
        )
    if wish.floor_seconds not in FLOOR_SECONDS:
        raise HearingError(
            "每人发言时间要在 30 秒到 30 分钟之间。",
            "A speaker has between 30 seconds and 30 minutes.",
        )
    if len(wish.items) > MOST_ITEMS or any(
        not title or len(title) > LONGEST_ITEM or not 1 <= minutes <= 600
        for title, minutes in wish.items
    ):
        raise HearingError(
            f"议题最多 {MOST_ITEMS} 项，每项一行，最多 {LONGEST_ITEM} 字。",
            f"At most {MOST_ITEMS} items, one a line, of at most {LONGEST_ITEM} characters.",
        )


def check_vote(wish: VoteWish) -> None:
    """Raise HearingError for what cannot be voted on."""
    counts = {len(options) for options in wish.options.values()}
    if not wish.question or not wish.options or len(counts) != 1:
        raise HearingError(
            "请写表决的问题；每种语言的选项个数要一样。",
            "Write the question; there must be as many options in each language.",
        )
    (count,) = counts
    labels = [label for options in wish.options.values() for label in options]
    too_long = any(len(label) > LONGEST_OPTION for label in labels) or any(
        len(words) > LONGEST_QUESTION for words in wish.question.values()
    )
    if not 2 <= count <= MOST_OPTIONS or too_long:
        raise HearingError(
            f"选项要有 2 到 {MOST_OPTIONS} 个，每个最多 {LONGEST_OPTION} 字。",
            f"There are 2 to {MOST_OPTIONS} options of at most {LONGEST_OPTION} characters.",
        )


def put_on_record(
    connection: Connection, act: str, hearing_id: int, actor: str, at: datetime, **detail: object
) -> None:
    """Write an act of the office into the audit."""
    target = f"hearing:{hearing_id}"
    record(connection, actor=actor, act=act, target=target, detail=detail, at=at)
