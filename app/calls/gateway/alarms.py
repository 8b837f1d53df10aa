"""Who is told that a cap is reached, that a forbidden number was asked for, or worse."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from app.calls.gateway.refusals import Refusal, said
from app.jobs.service import enqueue
from app.people.access.rights import Role
from app.people.access.scope import ALL
from app.people.alerts.service import raise_alert
from app.people.staff.models import Staff, StaffGrant

OVER_CAP = "outbound.emergency_over_cap"
WATCHERS = (Role.supervisor, Role.ops, Role.admin)


def refused(connection: Connection, refusal: Refusal, at: datetime) -> None:
    """A leg was not let out: said once an hour for each rule, however many there were."""
    words = {
        "zh-CN": f"外呼被拦下：{said(refusal.rule, 'zh')}请看“外呼”页。",
        "en-US": f"A call was not let out: {said(refusal.rule, 'en')} See the page Outgoing.",
    }
    kind = "outbound.cap_reached" if refusal.is_cap else "outbound.forbidden_number"
    tell_watchers(connection, f"{kind}:{refusal.rule}:{at:%Y%m%d%H}", kind, words, at)


def emergency_over_cap(connection: Connection, rule: str, key: str, at: datetime) -> None:
    """An emergency was let out although a cap is reached: told, and audited by a job of its own.

    Whoever audits holds up all others who do until the commit: in the middle of a step that could
    be somebody who waits for a row that this step has locked.
    """
    words = {
        "zh-CN": f"紧急电话照常拨出，尽管：{said(rule, 'zh')}",
        "en-US": f"An emergency was dialled all the same, although: {said(rule, 'en')}",
    }
    tell_watchers(connection, f"{OVER_CAP}:{rule}:{at:%Y%m%d%H}", OVER_CAP, words, at)
    payload = {"cap": rule, "leg": key, "at": at.isoformat()}
    enqueue(connection, OVER_CAP, f"{OVER_CAP}:{key}", payload, at)


def stranger(connection: Connection, call_sid: str, at: datetime) -> None:
    """The provider placed a call from our account that nobody here asked for."""
    words = {
        "zh-CN": "运营商的记录里有一通不是本系统拨出的电话：请查看“外呼”页，并更换运营商密钥。",
        "en-US": "The provider lists a call from our account that was not placed here: "
        "see the page Outgoing, and change the keys of the account.",
    }
    tell_watchers(connection, f"outbound.stranger:{call_sid}", "outbound.stranger", words, at)


def tell_watchers(
    connection: Connection, key: str, kind: str, words: Mapping[str, str], at: datetime
) -> None:
    """Tell everybody who watches over the whole hotline, once by `key`."""
    granted = (
        select(Staff.id)
        .join(StaffGrant, StaffGrant.staff_id == Staff.id)
        .where(Staff.active, StaffGrant.role.in_(WATCHERS), StaffGrant.department == ALL)
        .order_by(Staff.id)
        .distinct()
    )
    for staff_id in connection.execute(granted).scalars().all():
        raise_alert(
            connection,
            key=f"{key}:{staff_id}",
            staff_id=staff_id,
            kind=kind,
            ticket_id=None,
            words=words,
            at=at,
            ways=("console", "push"),
        )
