"""A made-up hearing: planned for one of the next days, with its agenda, members and a question."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from app.flows.hours import COUNTY_TIME
from app.hearings.service import (
    HearingWish,
    MemberWish,
    VoteWish,
    add_members,
    plan,
    prepare_vote,
)
from app.main import Service
from app.seed.plan import Person
from app.tickets.changes import staff_actor

REPRESENTATIVES = 12
DAYS_AHEAD, BEGINS = 3, time(15, 0)
TITLE = "村道维修先后次序听证会"
AGENDA = (("施工方案说明", 10), ("代表发言", 40), ("表决", 10))
QUESTION = VoteWish(
    {
        "zh-CN": "同意先修码头到一村这一段吗？",
        "en-US": "Shall the road from the landing to Village One be repaired first?",
    },
    {"zh-CN": ("同意", "不同意", "弃权"), "en-US": ("Yes", "No", "Abstain")},
)


def plan_hearing(
    connection: Connection,
    service: Service,
    callers: Sequence[Person],
    staff_id: int,
    now: datetime,
) -> None:
    """Plan the hearing as a member of the staff does in the console."""
    actor, chance = staff_actor(staff_id), service.identities.random_id
    day = now.astimezone(COUNTY_TIME).date() + timedelta(days=DAYS_AHEAD)
    starts_at = datetime.combine(day, BEGINS, COUNTY_TIME)
    wish = HearingWish(TITLE, starts_at, "share", 67, 180, AGENDA)
    hearing = plan(connection, wish, actor, now, chance)
    directory = service.library.current.directory
    members = [
        MemberWish(person.name, person.phone, "representative", directory.default_language)
        for person in [one for one in callers if one.name][:REPRESENTATIVES]
    ]
    add_members(connection, hearing, members, directory.dialling, actor, now, chance)
    prepare_vote(connection, hearing, QUESTION, actor, now)
