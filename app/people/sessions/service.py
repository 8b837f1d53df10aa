"""The verbs of sessions. A session is found by the hash of its cookie, and named by its key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from app.people.sessions.models import StaffSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
CODE_WITHIN = timedelta(minutes=10)  # for the second factor, after the password
TOUCH_EVERY = timedelta(minutes=1)  # a page view does not always cost a write
GRACE = timedelta(seconds=30)  # for requests on their way while the cookie is renewed
PASSWORD, OIDC, OIDC_WITH_FACTOR = "password", "oidc", "oidc+mfa"
KEPT = timedelta(days=30)  # ended sessions, for "my sessions"


def token_hash(token: str) -> str:
    """What is kept of a cookie: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody signs in: an address and browser, and what their session will be called.

    `former` is the cookie their browser has brought; its session ends when the new one opens.
    """

    address: str
    browser: str
    key: str
    token: str
    at: datetime
    former: str = ""


def open_session(
    connection: Connection,
    *,
    staff_id: int,
    way: str,
    needs_code: bool,
    door: Door,
) -> None:
    """Open a session under a fresh cookie, and forget those that ended long ago."""
    connection.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == staff_id, StaffSession.created_at < door.at - KEPT
        )
    )
    if door.former:
        connection.execute(
            update(StaffSession)
            .where(
                StaffSession.token_hash == token_hash(door.former), StaffSession.ended_at.is_(None)
            )
            .values(ended_at=door.at)
        )
    connection.execute(
        insert(StaffSession).values(
            key=door.key,
            token_hash=token_hash(door.token),
            staff_id=staff_id,
            way=way,
            needs_code=needs_code,
            renew=False,
            address=door.address,
            browser=door.browser[:200],
            created_at=door.at,
            seen_at=door.at,
        )
    )


def touch(connection: Connection, key: str, at: datetime) -> None:
    """Note that somebody is still there."""
    connection.execute(
        update(StaffSession)
        .where(StaffSession.key == key, StaffSession.seen_at < at)
        .values(seen_at=at)
    )


def renew(connection: Connection, key: str, former: str, token: str, at: datetime) -> bool:
    """Give a session a fresh cookie. False when another request has done so already."""
    return (
        connection.execute(
            update(StaffSession)
            .where(StaffSession.key == key, StaffSession.token_hash == token_hash(former))
            .values(
                token_hash=token_hash(token),
                former_hash=token_hash(former),
                former_until=at + GRACE,
                renew=False,
                seen_at=at,
            )
        ).rowcount
        == 1
    )


def ask_to_renew(connection: Connection, staff_id: int) -> None:
    """Let every session of somebody get a fresh cookie: what they may do has changed."""
    connection.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .values(renew=True)
    )


def end_session(connection: Connection, staff_id: int, key: str, at: datetime) -> bool:
    """End one session of somebody; whether there was one."""
    return (
        connection.execute(
            update(StaffSession)
            .where(
                StaffSession.staff_id == staff_id,
                StaffSession.key == key,
                StaffSession.ended_at.is_(None),
            )
            .values(ended_at=at)
        ).rowcount
        == 1
    )


def end_all(connection: Connection, staff_id: int, at: datetime, *, but: str = "") -> int:
    """End all sessions of somebody, except that with the key `but`; how many there were."""
    return connection.execute(
        update(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.key != but,
            StaffSession.ended_at.is_(None),
        )
        .values(ended_at=at)
    ).rowcount
