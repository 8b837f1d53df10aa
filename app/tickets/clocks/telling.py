"""What people are told about a deadline: the sentences, and the ways by which they go."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, or_, select

from app.flows.directory import Directory
from app.people.access.scope import ALL
from app.people.alerts.service import URGENT, in_language, raise_alert
from app.people.roster.contacts import Contact, distinct, staff_contact
from app.people.staff.models import StaffGrant
from app.tickets.changes import Standing
from app.tickets.clocks.models import ClockName

SUPERVISOR = "supervisor"
_CLOCKS: Mapping[ClockName, tuple[str, str]] = {
    "respond": ("响应", "to respond"),
    "complete": ("办结", "to resolve it"),
}


def sentence(
    directory: Directory, ticket: Standing, clock: ClockName, level: int, seconds_left: float
) -> dict[str, str]:
    """How far a deadline has come, by language; nothing in it is about the caller."""
    zh, en = _CLOCKS[clock]
    subject = subject_of(directory, ticket)
    if level >= 100:
        return {
            "zh-CN": f"{subject['zh-CN']}{zh}时限已到，请马上办理。",
            "en-US": f"{subject['en-US']}: the time {en} is over. Please act now.",
        }
    left = duration(seconds_left)
    return {
        "zh-CN": f"{subject['zh-CN']}{zh}时限已用 {level}%，还剩{left['zh-CN']}。",
        "en-US": f"{subject['en-US']}: {level}% of the time {en} is used, {left['en-US']} left.",
    }


def nobody_took_it(directory: Directory, ticket: Standing) -> dict[str, str]:
    """The sentence for supervisors when a whole line was asked in vain."""
    subject = subject_of(directory, ticket)
    return {
        "zh-CN": f"{subject['zh-CN']}已超时，值班人员和负责人都没有接手，请马上安排。",
        "en-US": f"{subject['en-US']} is overdue and nobody in the line took it. Please assign it.",
    }


def subject_of(directory: Directory, ticket: Standing) -> dict[str, str]:
    """A ticket by its number and category, by language."""
    category = {
        tag: directory.category_name(ticket.category, tag)
        for tag in ("zh-CN", "en-US")
        if ticket.category in directory.categories
    }
    zh, en = category.get("zh-CN", ""), category.get("en-US", "")
    return {
        "zh-CN": f"工单 {ticket.number}" + (f"（{zh}）" if zh else ""),
        "en-US": f"Ticket {ticket.number}" + (f" ({en})" if en else ""),
    }


def duration(seconds: float) -> dict[str, str]:
    """A stretch of time as people say it: minutes up to two hours, then hours."""
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return {"zh-CN": f" {minutes} 分钟", "en-US": f"{minutes} min"}
    hours = round(minutes / 60)
    return {"zh-CN": f" {hours} 小时", "en-US": f"{hours} h"}


def tell(
    connection: Connection,
    contact: Contact,
    *,
    key: str,
    kind: str,
    ticket_id: int,
    words: Mapping[str, str],
    at: datetime,
    ways: Collection[str],
) -> None:
    """Tell somebody once by `key`: staff by an alert, a telephone that is nobody's by a text."""
    if contact.staff_id is not None:
        raise_alert(
            connection,
            key=f"{key}:{contact.staff_id}",
            staff_id=contact.staff_id,
            kind=kind,
            ticket_id=ticket_id,
            words=words,
            at=at,
            ways=ways,
        )
    elif "sms" in ways:
        from app.messages.service import send_text

        send_text(
            connection,
            to=contact.phone,
            body=in_language(words, contact.language),
            key=f"{key}:text",
            at=at,
            ticket_id=ticket_id,
            urgent=kind in URGENT,
        )


def supervisors(connection: Connection, department: str) -> tuple[Contact, ...]:
    """The active supervisors of a department, those of all departments included."""
    of_it = or_(StaffGrant.department == department, StaffGrant.department == ALL)
    granted = (
        select(StaffGrant.staff_id)
        .where(StaffGrant.role == SUPERVISOR, of_it)
        .order_by(StaffGrant.staff_id)
        .distinct()
    )
    ids = connection.execute(granted).scalars()
    found = [staff_contact(connection, staff_id) for staff_id in ids]
    return distinct(contact for contact in found if contact is not None)
