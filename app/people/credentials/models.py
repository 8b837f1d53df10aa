"""Tables of what proves who somebody is, and of attempts to guess it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime


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
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInAttempts(Base):
    """How often somebody has lately failed to prove who they are, per login and per address.

    `key` is a blind index: neither logins that do not exist nor addresses are kept.
    """

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
