"""The verbs of screening; the only writer of its tables."""

from datetime import datetime

import structlog
from sqlalchemy import Connection, select, update

from app.calls.facts import CallFacts
from app.calls.screening.models import Ban, ChallengeAnswer
from app.database import blind_index, insert_once
from app.flows.effects import AnswerChallenge, RefuseCaller
from app.people.audit.service import record

log = structlog.get_logger()

LONGEST_REASON = 500


class ScreeningError(Exception):
    """A ban cannot be made or lifted. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


def ban(
    connection: Connection,
    *,
    number: str,
    reason: str,
    until: datetime | None,
    actor: str,
    at: datetime,
) -> int:
    """Ban a number in E.164, for a time or until it is lifted; returns the ban's id.

    In force within seconds; the emergency key stays open to it. Raises ScreeningError when it is
    no full number, has no reason, ends in the past, or is banned already.
    """
    _check(number, reason, until, at)
    index = blind_index(number)
    _end_expired(connection, index, at)
    is_new = insert_once(
        connection,
        Ban,
        number=number,
        number_index=index,
        reason=reason.strip(),
        banned_at=at,
        banned_by=actor,
        until=until,
        calls=0,
    )
    if not is_new:
        raise ScreeningError(
            "这个号码已经在黑名单里：要改期限，请先解除。",
            "This number is banned already: lift that ban first to change its end.",
        )
    query = select(Ban.id).where(Ban.number_index == index, Ban.lifted_at.is_(None))
    ban_id = connection.execute(query).scalar_one()
    detail = {"until": until.isoformat() if until else None}
    record(connection, actor=actor, act="ban.made", target=f"ban:{ban_id}", detail=detail, at=at)
    return ban_id


def lift(connection: Connection, ban_id: int, actor: str, at: datetime) -> bool:
    """Lift a ban; False when it was lifted before. Raises ScreeningError for an unknown one."""
    known = connection.execute(select(Ban.id).where(Ban.id == ban_id)).first()
    if known is None:
        raise ScreeningError(
            "没有这条黑名单记录：请刷新页面。", "There is no such ban: reload the page."
        )
    lifted = connection.execute(
        update(Ban)
        .where(Ban.id == ban_id, Ban.lifted_at.is_(None))
        .values(lifted_at=at, lifted_by=actor)
    )
    if lifted.rowcount != 1:
        return False
    record(connection, actor=actor, act="ban.lifted", target=f"ban:{ban_id}", detail={}, at=at)
    return True


def refuse_caller(connection: Connection, _effect: RefuseCaller, call: CallFacts) -> None:
    """The effect handler: a banned caller was told so."""
    connection.execute(
        update(Ban)
        .where(Ban.number_index == blind_index(call.caller), Ban.lifted_at.is_(None))
        .values(calls=Ban.calls + 1, last_call_at=call.at)
    )
    log.info("call.refused", call=call.sid)


def answer_challenge(connection: Connection, effect: AnswerChallenge, call: CallFacts) -> None:
    """The effect handler: how a caller answered the challenge."""
    insert_once(
        connection,
        ChallengeAnswer,
        call_sid=call.sid,
        caller_index=blind_index(call.caller),
        passed=effect.passed,
        at=call.at,
    )
    log.info("call.challenged", call=call.sid, passed=effect.passed)


def _check(number: str, reason: str, until: datetime | None, at: datetime) -> None:
    if not (number.startswith("+") and number[1:].isascii() and number[1:].isdigit()
            and 7 <= len(number) <= 16):  # fmt: skip
        raise ScreeningError(
            "请写完整的电话号码，例如 +8613800138000；不显示号码的来电不能拉黑。",
            "Give the full number, such as +8613800138000; withheld numbers cannot be banned.",
        )
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ScreeningError(
            f"请写明原因，最多 {LONGEST_REASON} 个字。",
            f"Give a reason of at most {LONGEST_REASON} characters.",
        )
    if until is not None and until <= at:
        raise ScreeningError("到期时间已经过去。", "The end of the ban lies in the past.")


def _end_expired(connection: Connection, index: str, at: datetime) -> None:
    """A ban that is over makes room for a new one; it ended when it was to."""
    connection.execute(
        update(Ban)
        .where(Ban.number_index == index, Ban.lifted_at.is_(None), Ban.until <= at)
        .values(lifted_at=Ban.until, lifted_by="system")
    )
