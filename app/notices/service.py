"""Switching temporary notices on and off; the only writer of their table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from app.flows.notices import LONGEST_SECONDS, MOST_HOURS
from app.flows.speech_length import spoken_seconds
from app.notices.models import TemporaryNotice
from app.people.audit.service import record

MOST_AT_ONCE = 3  # callers hear all of them before the menu


class NoticeError(Exception):
    """A notice cannot be so. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWish:
    """A notice to be switched on: its text by language, and until when.

    `default_language` must have a text: the others fall back to it. `template` is the key of the
    ready-made notice it comes from.
    """

    words: Mapping[str, str]
    default_language: str
    until: datetime
    urgent: bool = False
    template: str = ""

    @property
    def spoken(self) -> dict[str, str]:
        """The texts that are not blank, on one line each."""
        return {tag: " ".join(text.split()) for tag, text in self.words.items() if text.strip()}


def switch_on(connection: Connection, wish: NoticeWish, actor: str, at: datetime) -> int:
    """Switch a notice on; every worker speaks it within 2 s. Returns its id.

    A ready-made notice that is on already is only given its new end. Raises NoticeError when it has
    no text, takes too long, ends too early or too late, or too many are on.
    """
    _check(wish, at)
    same = _standing_of(connection, wish.template, at) if wish.template else None
    if same is not None:
        connection.execute(
            update(TemporaryNotice).where(TemporaryNotice.id == same).values(ends_at=wish.until)
        )
        _record(connection, "notice.prolonged", same, actor, at, until=wish.until.isoformat())
        return same
    _make_room(connection, at)
    notice_id: int = connection.execute(
        insert(TemporaryNotice)
        .values(
            template=wish.template,
            words=json.dumps(wish.spoken, ensure_ascii=False),
            urgent=wish.urgent,
            began_at=at,
            began_by=actor,
            ends_at=wish.until,
            ended_by="",
        )
        .returning(TemporaryNotice.id)
    ).scalar_one()
    detail = {"template": wish.template, "urgent": wish.urgent, "until": wish.until.isoformat()}
    _record(connection, "notice.switched_on", notice_id, actor, at, **detail)
    return notice_id


def switch_off(connection: Connection, notice_id: int, actor: str, at: datetime) -> bool:
    """End a notice now; False when it was over. Raises NoticeError for an unknown one."""
    known = select(TemporaryNotice.id).where(TemporaryNotice.id == notice_id)
    if connection.execute(known).first() is None:
        raise NoticeError("没有这条通知：请刷新页面。", "There is no such notice: reload the page.")
    ended = connection.execute(
        update(TemporaryNotice)
        .where(TemporaryNotice.id == notice_id, TemporaryNotice.ends_at > at)
        .values(ends_at=at, ended_by=actor)
    )
    if ended.rowcount != 1:
        return False
    _record(connection, "notice.switched_off", notice_id, actor, at)
    return True


def _check(wish: NoticeWish, at: datetime) -> None:
    if not wish.spoken.get(wish.default_language):
        raise NoticeError(
            "请写出通知的内容（热线的主要语言必须有）。",
            "Write what callers are to hear, in the hotline's own language at least.",
        )
    for tag, text in wish.spoken.items():
        seconds = spoken_seconds(text, tag)
        if seconds > LONGEST_SECONDS:
            raise NoticeError(
                f"念一遍要 {seconds:.0f} 秒：请写短一些，最多 {LONGEST_SECONDS} 秒。",
                f"It takes {seconds:.0f} seconds to speak: at most {LONGEST_SECONDS} are allowed.",
            )
    if wish.until <= at:
        raise NoticeError("结束时间已经过去。", "The end lies in the past.")
    if wish.until > at + timedelta(hours=MOST_HOURS):
        raise NoticeError("临时通知最多开七天。", "A temporary notice lasts seven days at most.")


def _standing_of(connection: Connection, template: str, at: datetime) -> int | None:
    query = select(TemporaryNotice.id).where(
        TemporaryNotice.template == template, TemporaryNotice.ends_at > at
    )
    found: int | None = connection.execute(query.limit(1)).scalar()
    return found


def _make_room(connection: Connection, at: datetime) -> None:
    counted = select(func.count()).where(TemporaryNotice.ends_at > at)
    if connection.execute(counted).scalar_one() >= MOST_AT_ONCE:
        raise NoticeError(
            f"已经开了 {MOST_AT_ONCE} 条通知：请先关掉一条，来电人要先听完才到菜单。",
            f"{MOST_AT_ONCE} notices are on: switch one off first, callers hear them all.",
        )


def _record(
    connection: Connection, act: str, notice_id: int, actor: str, at: datetime, **detail: object
) -> None:
    target = f"notice:{notice_id}"
    record(connection, actor=actor, act=act, target=target, detail=detail, at=at)
