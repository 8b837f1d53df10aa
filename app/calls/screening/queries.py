"""Reads of screening: who is banned, who is to be challenged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from app.calls.models import Call
from app.calls.screening.models import Ban, ChallengeAnswer
from app.database import blind_index
from app.site_settings.queries import SiteSettings, site_settings

Verdict = Literal["inbound", "banned", "challenge"]  # names of entries in `directory.yaml`

HOUR = timedelta(hours=1)
PASSED_FOR = timedelta(hours=24)  # who has proved to be a person is not asked again so soon


@dataclass(frozen=True, slots=True)
class Switches:
    """Whether anybody is screened at all, as read at some instant."""

    any_ban: bool
    settings: SiteSettings

    @property
    def is_on(self) -> bool:
        """Whether a call needs a look at who calls."""
        return self.any_ban or self.settings.challenge != "off"


@dataclass(frozen=True, slots=True)
class Banned:
    """A ban as the console shows it. `is_standing` is False once it is lifted or over."""

    id: int
    number: str
    reason: str
    banned_at: datetime
    banned_by: str
    until: datetime | None
    lifted_at: datetime | None
    lifted_by: str
    calls: int
    last_call_at: datetime | None
    is_standing: bool


_COLUMNS: tuple[Any, ...] = tuple(
    getattr(Ban, name) for name in Banned.__slots__ if name != "is_standing"
)


def switches(connection: Connection, at: datetime) -> Switches:
    """What is switched on now."""
    any_ban = connection.execute(select(Ban.id).where(*_standing(at)).limit(1)).first()
    return Switches(any_ban is not None, site_settings(connection))


def verdict(connection: Connection, caller: str, on: Switches, at: datetime) -> Verdict:
    """Where a call begins. All who withhold their number count as one caller."""
    index = blind_index(caller)
    if on.any_ban:
        banned = select(Ban.id).where(Ban.number_index == index, *_standing(at))
        if connection.execute(banned).first() is not None:
            return "banned"
    wanted = on.settings.challenge
    if wanted == "off" or _has_passed(connection, caller, index, at):
        return "inbound"
    if wanted == "busy" and not _is_busy(connection, index, on.settings, at):
        return "inbound"
    return "challenge"


def bans(connection: Connection, at: datetime, *, standing_only: bool = False) -> Sequence[Banned]:
    """The ban list: standing bans first, each group the latest first."""
    standing = case((and_(*_standing(at)), True), else_=False)
    query = select(*_COLUMNS, standing.label("is_standing")).order_by(
        standing.desc(), Ban.banned_at.desc(), Ban.id.desc()
    )
    if standing_only:
        query = query.where(*_standing(at))
    return [Banned(*row) for row in connection.execute(query)]


def challenges_counted(connection: Connection, since: datetime, until: datetime) -> dict[bool, int]:
    """How many challenges were passed (True) and failed (False) within a time."""
    query = (
        select(ChallengeAnswer.passed, func.count().label("calls"))
        .where(ChallengeAnswer.at >= since, ChallengeAnswer.at < until)
        .group_by(ChallengeAnswer.passed)
    )
    return {row.passed: row.calls for row in connection.execute(query)}


def _standing(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Ban.lifted_at.is_(None), or_(Ban.until.is_(None), Ban.until > at)


def _has_passed(connection: Connection, caller: str, index: str, at: datetime) -> bool:
    """Not for withheld numbers: one person's answer proves nothing about another."""
    if not caller.startswith("+"):
        return False
    query = select(ChallengeAnswer.id).where(
        ChallengeAnswer.caller_index == index,
        ChallengeAnswer.at > at - PASSED_FOR,
        ChallengeAnswer.passed,
    )
    return connection.execute(query.limit(1)).first() is not None


def _is_busy(connection: Connection, index: str, settings: SiteSettings, at: datetime) -> bool:
    lately = (
        select(Call.id)
        .where(Call.caller_index == index, Call.started_at > at - HOUR, Call.direction == "inbound")
        .limit(settings.challenge_calls_per_hour)
    )
    return len(connection.execute(lately).all()) >= settings.challenge_calls_per_hour
