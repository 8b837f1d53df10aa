"""What the people who run the hotline are told of recordings that need them."""

from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.recordings.models import State
from app.calls.recordings.trouble import Trouble
from app.people.access.rights import Role
from app.people.alerts.service import raise_alert
from app.people.staff.queries import all_people

log = structlog.get_logger()

KIND = "recording.trouble"
_WORDS = {
    State.failed: (
        "有一段录音未能取回（{sid}，{trouble}）。工单不受影响。请检查运营商账户后重试："
        "hotline recordings fetch {sid}",
        "A recording could not be fetched ({sid}, {trouble}). Its ticket is not affected. "
        "Check the provider's account, then: hotline recordings fetch {sid}",
    ),
    State.unplayable: (
        "有一段录音已取回但无法播放（{sid}，{trouble}）。工单不受影响，原文件已保留。",
        "A recording was fetched but cannot be played ({sid}, {trouble}). Its ticket is not "
        "affected; the file is kept as it came.",
    ),
}
_FULL = (
    "录音存储空间已满，新的录音仍在运营商处，不会丢失。请清理或扩容存储空间。",
    "The store of recordings is full. New recordings stay with the provider and are not lost. "
    "Make room or enlarge the store.",
)
_ALTERED = (
    "已存录音与校验值不符（{sid}），运营商的副本没有删除。请检查存储：hotline recordings verify",
    "A stored recording is not what it was ({sid}); the provider's copy was not deleted. "
    "Check the store: hotline recordings verify",
)


def given_up(
    connection: Connection, sid: str, state: State, trouble: Trouble, at: datetime
) -> None:
    """A recording was given up, or kept without being playable."""
    chinese, english = _WORDS[state]
    _tell(connection, f"recording:{state}:{sid}", chinese, english, at, sid, trouble)


def full(connection: Connection, at: datetime) -> None:
    """There is no room; told once a day."""
    _tell(connection, f"recordings:full:{at:%Y%m%d}", *_FULL, at)


def altered(connection: Connection, sid: str, at: datetime) -> None:
    """What is stored is not what was stored."""
    _tell(connection, f"recording:altered:{sid}", *_ALTERED, at, sid)


def _tell(
    connection: Connection,
    key: str,
    chinese: str,
    english: str,
    at: datetime,
    sid: str = "",
    trouble: str = "",
) -> None:
    words = {
        "zh-CN": chinese.format(sid=sid, trouble=trouble),
        "en-US": english.format(sid=sid, trouble=trouble),
    }
    log.error("recording.alarm", about=key)
    for person in all_people(connection):
        if person.active and Role.ops in person.roles:
            raise_alert(
                connection,
                key=f"{key}:{person.id}",
                staff_id=person.id,
                kind=KIND,
                ticket_id=None,
                words=words,
                at=at,
                ways=("console", "push"),
            )
