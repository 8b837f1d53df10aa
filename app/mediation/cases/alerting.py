"""What mediators are alerted to, and what parties are told when the days for the court run out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, select

from app.flows.hours import COUNTY_TIME
from app.mediation.cases.models import DisputeCase, DisputeParty
from app.mediation.cases.seats import find_sitting
from app.mediation.cases.states import SIGNING, last_day_for_court
from app.mediation.cases.telling import Reached, Telling
from app.people.alerts.service import raise_alert
from app.tickets.changes import staff_of


@dataclass(frozen=True, slots=True)
class _Case:
    id: int
    number: str
    ticket_id: int | None
    mediator_id: int | None
    opened_by: str
    state: str
    effective_on: date | None
    followed_up_at: datetime | None

    @property
    def keeper(self) -> int | None:
        """Who looks after it: the mediator, or whoever opened it."""
        return self.mediator_id or staff_of(self.opened_by)


Arranged = Literal["planned", "moved", "cancelled", "reminder"]
_ARRANGED: Mapping[Arranged, tuple[str, str]] = {
    "planned": ("约在 {hour}，到时打给您", "has a session at {hour}: you will be rung"),
    "moved": ("改到 {hour}，到时打给您", "has its session moved to {hour}: you will be rung"),
    "cancelled": ("原定 {hour}，取消了", "has its session of {hour} cancelled"),
    "reminder": ("{hour} 开始，到时打给您", "has its session at {hour}: you will be rung"),
}


class Alerting:
    """Alerts go to whoever looks after a case; each is raised once."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling

    def arranged(
        self,
        connection: Connection,
        case_id: int,
        what: Arranged,
        mark: str,
        planned_at: datetime,
        actor: str,
        at: datetime,
    ) -> None:
        """A session was planned, moved or cancelled by somebody else, or is near."""
        case = _find(connection, case_id)
        if case.keeper == staff_of(actor):
            return
        zh, en = _ARRANGED[what]
        hour = f"{planned_at.astimezone(COUNTY_TIME):%m-%d %H:%M}"
        words = {
            "zh-CN": f"您的调解案件 {case.number} {zh.format(hour=hour)}。",
            "en-US": f"Your case {case.number} {en.format(hour=hour)}.",
        }
        _alert(connection, case, f"dispute:{what}:{case_id}:{mark}", words, at)

    def missed(self, connection: Connection, sitting_id: int, at: datetime) -> None:
        """A session did not begin because the service was away."""
        case = _find(connection, find_sitting(connection, sitting_id).case_id)
        words = {
            "zh-CN": f"调解案件 {case.number} 约好的调解没能按时开始，请重新约时间。",
            "en-US": f"The session of case {case.number} could not begin in time: plan another.",
        }
        _alert(connection, case, f"dispute:missed:{case.id}:{sitting_id}", words, at)

    def follow_up(self, connection: Connection, case_id: int, at: datetime) -> None:
        """Today somebody is to ask whether the agreement is kept."""
        case = _find(connection, case_id)
        if case.state != "settled" or case.followed_up_at is not None:
            return
        words = {
            "zh-CN": f"调解案件 {case.number} 今天该回访：协议履行得怎么样？",
            "en-US": f"Case {case.number} is to be followed up today: is the agreement kept?",
        }
        _alert(connection, case, f"dispute:follow_up:{case_id}", words, at)

    def court(self, connection: Connection, case_id: int, effective_on: date, at: datetime) -> None:
        """The 30 days for a joint application to the court are running out."""
        case = _find(connection, case_id)
        if case.effective_on != effective_on:
            return  # the day was corrected, and has a reminder of its own
        last = last_day_for_court(effective_on)
        words = {
            "zh-CN": f"调解案件 {case.number} 申请司法确认只到 {last:%m月%d日}：双方申请吗？",
            "en-US": f"Case {case.number}: the last day to ask the court together is {last}.",
        }
        _alert(connection, case, f"dispute:court:{case_id}:{effective_on}", words, at)
        for party in _signing(connection, case_id):
            self._telling.court(connection, case.number, party, last, at)


def cases_of_alerts(connection: Connection, keys: Iterable[str]) -> Mapping[str, str]:
    """The number of the case that each of these alerts is about, by the alert's key."""
    found = {key: int(key.split(":")[2]) for key in keys if key.startswith("dispute:")}
    query = select(DisputeCase.id, DisputeCase.number).where(DisputeCase.id.in_(found.values()))
    numbers: dict[int, str] = {row.id: row.number for row in connection.execute(query)}
    return {key: numbers[case] for key, case in found.items() if case in numbers}


def _alert(
    connection: Connection, case: _Case, key: str, words: dict[str, str], at: datetime
) -> None:
    if case.keeper is not None:
        raise_alert(
            connection,
            key=key,
            staff_id=case.keeper,
            kind="dispute",
            ticket_id=case.ticket_id,
            words=words,
            at=at,
            ways=("console", "push", "sms"),
        )


def _find(connection: Connection, case_id: int) -> _Case:
    columns = [getattr(DisputeCase, name) for name in _Case.__slots__]
    return _Case(*connection.execute(select(*columns).where(DisputeCase.id == case_id)).one())


def _signing(connection: Connection, case_id: int) -> list[Reached]:
    query = select(DisputeParty.id, DisputeParty.phone, DisputeParty.language).where(
        DisputeParty.case_id == case_id,
        DisputeParty.role.in_(SIGNING),
        DisputeParty.removed_at.is_(None),
    )
    return [Reached(str(row.id), row.phone, row.language) for row in connection.execute(query)]
