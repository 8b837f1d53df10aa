"""Reads of API tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.people.access.rights import Right
from app.people.access.visitor import Grant, Kind, Visitor
from app.people.tokens.models import ApiToken
from app.people.tokens.service import NOTE_USE_EVERY, token_hash


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """A token as lists show it; the token itself is not known any more."""

    id: int
    name: str
    rights: tuple[Right, ...]
    department: str
    region: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A token in force: whose it is, and whether its use is to be noted."""

    visitor: Visitor
    note: bool


def find_token(connection: Connection, token: str, at: datetime) -> Known | None:
    """The system whose token this is; None when it is unknown, revoked or has expired."""
    row = connection.execute(
        select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.rights,
            ApiToken.department,
            ApiToken.region,
            ApiToken.used_at,
        ).where(
            ApiToken.token_hash == token_hash(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > at,
        )
    ).one_or_none()
    if row is None:
        return None
    grant = Grant(frozenset(_rights(row.rights)), row.department, row.region)
    unnoted = row.used_at is None or at - row.used_at >= NOTE_USE_EVERY
    return Known(Visitor(Kind.api, row.id, row.name, grants=(grant,)), unnoted)


def all_tokens(connection: Connection) -> Sequence[TokenSummary]:
    """Every token, the newest first."""
    rows = connection.execute(
        select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.rights,
            ApiToken.department,
            ApiToken.region,
            ApiToken.created_at,
            ApiToken.expires_at,
            ApiToken.used_at,
            ApiToken.revoked_at,
        ).order_by(ApiToken.id.desc())
    )
    return [TokenSummary(row.id, row.name, _rights(row.rights), *row[3:]) for row in rows]


def _rights(text: str) -> tuple[Right, ...]:
    """Rights by name; one that no longer exists is had by nobody."""
    known = set(Right)
    return tuple(Right(name) for name in text.split() if name in known)
