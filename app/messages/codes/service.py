"""Asking for a code, giving it back, and what that proves; the only writer of the table of codes.

Everything looks the same from outside whether something matches or not (threat T24): a decoy takes
the same tries and the same time, and only the text message, which a stranger does not see, is
missing.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from app.database import blind_index, fingerprint
from app.messages.codes.limits import DAY, HOUR, Limit, count, reached, wait_for_others
from app.messages.codes.models import TextCode
from app.messages.reading import digits
from app.messages.service import send_text

log = structlog.get_logger()

VALID = timedelta(minutes=10)
TRIES = 5
DIGITS = 6
PROVED = timedelta(minutes=30)
KEPT = timedelta(days=2)
FAILED = "code_failed"


class TooOftenError(Exception):
    """So many codes were asked for, or given wrongly, that nobody gets one for a while."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a code, and for what.

    `holder` is a secret of the browser, `address` its network address, `number` the telephone in
    E.164. Without a `subject` nothing matches: a decoy is made.
    """

    purpose: str
    holder: str
    address: str
    number: str
    subject: str = ""


def request_code(
    connection: Connection,
    request: Request,
    code: str,
    body: Callable[[str], str],
    at: datetime,
) -> None:
    """Make a challenge and text its code, where something matches. `code` is six fresh digits.

    `body` writes the text for a code. A telephone that has had too many codes gets none, and that
    looks the same, too. Raises TooOftenError for a network address, or all together.
    """
    everybody, own = _everybodys(request.address), _telephones(request.number)
    wait_for_others(connection, (*everybody, *own))
    if reached(connection, everybody, at) is not None:
        log.warning("code.too_often", purpose=request.purpose)
        raise TooOftenError
    is_sent = bool(request.subject) and reached(connection, own, at) is None
    count(connection, (*everybody, *(own if is_sent else ())), at)
    holder = holder_index(request.purpose, request.holder)
    made = connection.execute(
        insert(TextCode)
        .values(
            purpose=request.purpose,
            holder=holder,
            number_index=blind_index(request.number),
            subject=request.subject if is_sent else "",
            code=_sealed(holder, code) if is_sent else "",
            tries=0,
            made_at=at,
            expires_at=at + VALID,
        )
        .returning(TextCode.id)
    ).scalar_one()
    if is_sent:
        key = f"code:{made}:{at.timestamp():.3f}"  # an id may be used again, once its row is gone
        send_text(connection, to=request.number, body=body(code), key=key, at=at)
    connection.execute(delete(TextCode).where(TextCode.expires_at < at - KEPT))


def give_code(
    connection: Connection, purpose: str, holder: str, code: str, at: datetime
) -> str | None:
    """The subject that a right code opens; None for a wrong, used up or expired one.

    Raises TooOftenError when the whole hotline has seen too many wrong ones today (threat T10).
    Only what could have been right counts: without a code that was sent nobody shuts out others.
    """
    wrong = (Limit(FAILED, f"purpose {purpose}", DAY, 200),)
    if reached(connection, wrong, at) is not None:
        log.critical("code.guessing", purpose=purpose)
        raise TooOftenError
    mine = holder_index(purpose, holder)
    challenge = connection.execute(
        select(TextCode.id, TextCode.code, TextCode.subject, TextCode.tries)
        .where(
            TextCode.holder == mine,
            TextCode.purpose == purpose,
            TextCode.expires_at > at,
            TextCode.proved_until.is_(None),
        )
        .order_by(TextCode.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    sealed = _sealed(mine, digits(code))
    is_right = challenge is not None and hmac.compare_digest(challenge.code, sealed)
    if challenge is None or challenge.tries >= TRIES:
        return None
    if not is_right:
        if challenge.code:
            count(connection, wrong, at)
        tried = update(TextCode).where(TextCode.id == challenge.id)
        connection.execute(tried.values(tries=TextCode.tries + 1))
        return None
    proved = update(TextCode).where(TextCode.id == challenge.id)
    connection.execute(proved.values(proved_until=at + PROVED, code=""))
    return str(challenge.subject)


def forget(connection: Connection, purpose: str, holder: str) -> None:
    """End what a code has opened in this browser."""
    mine = TextCode.holder == holder_index(purpose, holder)
    connection.execute(delete(TextCode).where(mine, TextCode.purpose == purpose))


def _everybodys(address: str) -> tuple[Limit, ...]:
    return (
        Limit("code", f"address {address}", HOUR, 20),
        Limit("code", "", HOUR, 600),
    )


def _telephones(number: str) -> tuple[Limit, ...]:
    subject = f"telephone {number}"
    return (Limit("code_to", subject, HOUR, 3), Limit("code_to", subject, DAY, 6))


def holder_index(purpose: str, holder: str) -> str:
    """How a browser's secret is kept; another one for each purpose."""
    return fingerprint(f"code holder\n{purpose}\n{holder}")


def _sealed(holder: str, code: str) -> str:
    return fingerprint(f"code\n{holder}\n{code}")
