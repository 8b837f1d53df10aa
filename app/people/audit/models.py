"""The table of the audit, and the rules by which databases refuse to change it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Index, String, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

_SQLITE = tuple(
    f"CREATE TRIGGER audit_entries_no_{verb.lower()} BEFORE {verb} ON audit_entries "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
    "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries "
    "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)


class AuditEntry(Base):
    """One act. `hash` covers the entry and `previous`, the hash of the entry before.

    `detail` is a JSON object with ASCII keys and no personal data: ids, states, counts.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_actor", "actor", "id"),
        Index("ix_audit_entries_act", "act", "id"),
        Index("ix_audit_entries_target", "target", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


# On the class, not on our table: a migration makes its own Table of the same name.
@event.listens_for(Table, "after_create")
def _protect(table: Table, connection: Connection, **_options: Any) -> None:
    if table.name == AuditEntry.__tablename__:
        rules = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
        for rule in rules:
            connection.exec_driver_sql(rule)


@event.listens_for(Table, "after_drop")
def _forget(table: Table, connection: Connection, **_options: Any) -> None:
    if table.name == AuditEntry.__tablename__ and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS audit_is_append_only()")
