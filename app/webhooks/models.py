"""Tables of webhooks out."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

DeliveryState = Literal["waiting", "delivered", "failed"]


class WebhookEndpoint(Base):
    """An address of another system that wants to be told.

    `events` are names separated by spaces, `*` for all. `department` narrows it to one, `*` is
    all. `secret` signs what is sent. An endpoint is disabled, never deleted: deliveries name it.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(EncryptedText)
    events: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_why: Mapped[str] = mapped_column(String(200), default="")


class WebhookDelivery(Base):
    """One event on its way to one endpoint. `key` is random and the same at every attempt."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("ix_webhook_deliveries_endpoint_id", "endpoint_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    endpoint_id: Mapped[int] = mapped_column(BigKey, ForeignKey("webhook_endpoints.id"))
    event: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
