"""Tables of staff: accounts, grants, credentials, sessions, and attempts to sign in."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.people.access.rights import Role

Hash = String(64)  # SHA-256 in hexadecimal


class Staff(Base):
    """Somebody who works with the hotline. Never deleted: events and the audit name them."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16), default="zh-CN")
    phone: Mapped[str] = mapped_column(EncryptedText, default="")
    phone_index: Mapped[str] = mapped_column(String(32), default="", index=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StaffGrant(Base):
    """A role in an area; `*` is every department or region, "" the hotline's own desk."""

    __tablename__ = "staff_grants"
    __table_args__ = (UniqueConstraint("staff_id", "role", "department", "region"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[Role] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(String(64), default="*")
    region: Mapped[str] = mapped_column(String(64), default="*")
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StaffCredential(Base):
    """By what somebody proves who they are.

    A one-time password (`must_change`) is good until `one_time_until`. A TOTP secret counts once
    it is confirmed; `totp_step` is the last 30 s step whose code was used, so that none is used
    twice. `oidc_subject` is `issuer#subject`, once they have signed in by the identity provider.
    """

    __tablename__ = "staff_credentials"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    password_set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    must_change: Mapped[bool] = mapped_column(default=True)
    one_time_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_secret: Mapped[str] = mapped_column(EncryptedText, default="")
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)


class RecoveryCode(Base):
    """A code that stands in once for a lost TOTP device; only its hash is kept."""

    __tablename__ = "staff_recovery_codes"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    code_hash: Mapped[str] = mapped_column(Hash, unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StaffSession(Base):
    """A browser that somebody has signed in with; only a hash of its cookie is kept.

    `key` names the session without giving access. `needs_code` is a session whose password was
    right and whose second factor is still due. After a change of roles `renew` asks for a new
    cookie at the next request; `former_hash` is then good until `former_until`, for requests that
    were on their way.
    """

    __tablename__ = "staff_sessions"
    __table_args__ = (
        Index("ix_staff_sessions_staff_id", "staff_id", "created_at"),
        Index("ix_staff_sessions_former_hash", "former_hash"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    token_hash: Mapped[str] = mapped_column(Hash, unique=True)
    former_hash: Mapped[str] = mapped_column(Hash, default="")
    former_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    needs_code: Mapped[bool] = mapped_column(default=False)
    renew: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(EncryptedText, default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInAttempts(Base):
    """How often somebody has lately failed to prove who they are, per login and per address.

    `key` is a blind index: neither logins that do not exist nor addresses are kept.
    """

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
