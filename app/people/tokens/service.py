"""The verbs of API tokens."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from app.database import insert_once
from app.people.access.rights import FOR_SYSTEMS, Right
from app.people.access.scope import ALL
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.people.tokens.models import ApiToken

LONGEST = timedelta(days=366)
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
NOTE_USE_EVERY = timedelta(minutes=10)


class TokenError(ValueError):
    """A token cannot be made so; the text says what to do."""


def token_hash(token: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a new token shall be: a name, rights, where it has them, and until when."""

    name: str
    rights: frozenset[Right]
    expires_at: datetime
    department: str = ALL
    region: str = ALL


def make_token(
    connection: Connection, wish: TokenWish, *, token: str, by: Visitor, at: datetime
) -> None:
    """Make a token, and record who did. Raises TokenError when it cannot be made so."""
    _check(wish, at)
    made = insert_once(
        connection,
        ApiToken,
        name=wish.name,
        token_hash=token_hash(token),
        rights=" ".join(sorted(wish.rights)),
        department=wish.department,
        region=wish.region,
        created_by=by.staff_id,
        created_at=at,
        expires_at=wish.expires_at,
    )
    if not made:
        raise TokenError(f"There is a token named {wish.name} already: choose another name.")
    detail = {
        "rights": sorted(wish.rights),
        "department": wish.department,
        "region": wish.region,
        "expires_at": wish.expires_at.isoformat(),
    }
    _record(connection, by, "token.made", wish.name, detail, at)


def revoke_token(connection: Connection, token_id: int, by: Visitor, at: datetime) -> str | None:
    """End a token for good; returns its name, or None when it was not in force."""
    name: str | None = connection.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(ApiToken.name)
    ).scalar_one_or_none()
    if name is not None:
        _record(connection, by, "token.revoked", name, {}, at)
    return name


def note_use(connection: Connection, token_id: int, at: datetime) -> None:
    """Keep when a token was last used, to a few minutes."""
    connection.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=at))


def _check(wish: TokenWish, at: datetime) -> None:
    if not _NAME.fullmatch(wish.name):
        raise TokenError("A token's name is letters, digits and hyphens, at most 64.")
    if not at < wish.expires_at <= at + LONGEST:
        raise TokenError("A token is good for at most a year from today.")
    if not wish.rights:
        raise TokenError("Choose at least one right for the token.")
    if not wish.rights <= FOR_SYSTEMS:
        raise TokenError(f"A system may not have {', '.join(sorted(wish.rights - FOR_SYSTEMS))}.")


def _record(
    connection: Connection,
    by: Visitor,
    act: str,
    name: str,
    detail: Mapping[str, object],
    at: datetime,
) -> None:
    record(connection, actor=by.actor, act=act, target=f"token:{name}", detail=detail, at=at)
