"""A filter of the call log: from the query part of an address, to SQL, and back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import aliased

from app.calls.log.sight import Sight, has_no_ticket, has_ticket
from app.calls.models import Call, Recording
from app.database import blind_index
from app.flows.hours import COUNTY_TIME

Condition = ColumnElement[bool]

DIRECTIONS: Mapping[str, Condition] = {
    "inbound": Call.direction == "inbound",
    "outbound": Call.direction != "inbound",
}
STATUSES = ("in-progress", "completed", "busy", "no-answer", "failed", "canceled")
ANSWERED = ("in-progress", "completed")
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls a list shows; an empty field does not narrow it.

    Days are the county's and both included. `phone` is in E.164, `reached` the key of somebody who
    was rung and answered (the page knows their telephones), `at_least` a length in seconds.
    """

    since: date | None = None
    until: date | None = None
    direction: str = ""
    status: str = ""
    outcome: str = ""
    language: str = ""
    phone: str = ""
    reached: str = ""
    recording: str = ""
    ticket: str = ""
    at_least: int | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """A filter from an address; what is unknown or unreadable is left out."""
        given = {name: value.strip() for name, value in query.items()}
        return cls(
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
            direction=_one_of(given.get("direction", ""), DIRECTIONS),
            status=_one_of(given.get("status", ""), STATUSES),
            outcome=given.get("outcome", "")[:16],
            language=given.get("language", "")[:16],
            phone=given.get("phone", "")[:32],
            reached=given.get("reached", "")[:80],
            recording=_one_of(given.get("recording", ""), (YES, NO)),
            ticket=_one_of(given.get("ticket", ""), (YES, NO)),
            at_least=_seconds(given.get("at_least", "")),
        )

    @property
    def chosen(self) -> dict[str, str]:
        """The fields that narrow, as they stand in an address."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: str(value) for name, value in pairs if value not in ("", None)}

    def query(self, **more: str) -> str:
        """The query part of an address that `parse` reads as this filter."""
        return urlencode(self.chosen | more)

    def conditions(self, sight: Sight, telephones: frozenset[str]) -> list[Condition]:
        """The filter as conditions of a query on calls, for one who looks at them.

        `telephones` are those of whoever `reached` names. By its telephone a call is found only by
        who may see it.
        """
        return [*self._plain(), *self._by_phone(sight), *self._by_others(telephones)]

    def days(self) -> list[Condition]:
        """The days alone, as conditions."""
        found: list[Condition] = []
        if self.since:
            found.append(Call.started_at >= _midnight(self.since))
        if self.until:
            found.append(Call.started_at < _midnight(self.until + timedelta(days=1)))
        return found

    def _plain(self) -> list[Condition]:
        found = [Call.parent_sid.is_(None), *self.days()]
        if self.direction:
            found.append(DIRECTIONS[self.direction])
        for name in ("status", "outcome", "language"):
            if value := getattr(self, name):
                found.append(getattr(Call, name) == value)
        if self.at_least is not None:
            found.append(Call.seconds >= self.at_least)
        return found

    def _by_phone(self, sight: Sight) -> list[Condition]:
        if not self.phone:
            return []
        if not sight.sees_callers:
            return [~true()]
        return [Call.caller_index == blind_index(self.phone), sight.shows()]

    def _by_others(self, telephones: frozenset[str]) -> list[Condition]:
        found: list[Condition] = []
        if self.recording:
            kept = select(Recording.id).where(Recording.call_sid == Call.sid).exists()
            found.append(kept if self.recording == YES else ~kept)
        if self.ticket:
            found.append(has_ticket(true()) if self.ticket == YES else has_no_ticket())
        if self.reached:
            found.append(_reached(telephones))
        return found


def _reached(telephones: frozenset[str]) -> Condition:
    """One of these telephones was rung for the call and answered, or was called itself."""
    leg = aliased(Call)
    indexes = [blind_index(number) for number in sorted(telephones)]
    rung = select(leg.id).where(
        leg.parent_sid == Call.sid, leg.caller_index.in_(indexes), leg.status.in_(ANSWERED)
    )
    # As a value and not by EXISTS: for that PostgreSQL would first read all legs there are.
    was_rung = rung.limit(1).scalar_subquery().is_not(None)
    itself = and_(Call.direction != "inbound", Call.caller_index.in_(indexes))
    return or_(was_rung, and_(itself, Call.status.in_(ANSWERED)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=COUNTY_TIME)


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(9998, 12, 31) else None


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
