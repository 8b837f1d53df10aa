"""Engines, column types and the declarative base; SQLite and PostgreSQL alike."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    literal,
    literal_column,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase

from app.column_cipher import ColumnCipher

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Drivers keep a hundred; the pages alone have some hundreds, and each would push out another.
PREPARED_STATEMENTS = 500
WORKS_SECONDS = 1.0  # since the last answer

# SQLite numbers rows by itself only for INTEGER keys; PostgreSQL must not run out at 2^31.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(model: type[Base]) -> Table:
    """The table of a model: statements on it are made faster than on the model itself."""
    return cast("Table", model.__table__)


def said(condition: str) -> ColumnElement[bool]:
    """A condition in exactly these words, as the partial index says it.

    (A Boolean column of such words would be compared with 1 on SQLite, and no index be used.)
    """
    return cast("ColumnElement[bool]", literal_column(condition))


def insert_once(connection: Connection, model: type[Base], /, **values: Any) -> bool:
    """Insert a row unless one with its unique keys is there already; returns whether it was new.

    Safe against two transactions doing so at once: the second waits for the first.
    """
    added = _insert_once(model, connection.dialect.name)
    return connection.execute(added, values).first() is not None


@lru_cache(maxsize=256)
def _insert_once(model: type[Base], dialect: str) -> Executable:
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    # Not `rowcount`: psycopg does not tell it of an INSERT that also fetches its new key.
    return insert(table_of(model)).on_conflict_do_nothing().returning(literal(1))


class SecretsError(RuntimeError):
    """The cipher was used before `unlock`."""


class _Secrets:
    """The keys derived from HOTLINE_SECRET_KEY; set once at start by `unlock`."""

    cipher: MultiFernet | None = None
    columns: ColumnCipher | None = None
    index_key: bytes = b""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def unlock(secret_keys: list[str]) -> None:
    """Set the keys for encrypted columns: the first encrypts, all decrypt (rotation).

    The blind index uses the last (oldest) key, so that look-ups survive a rotation.
    """
    fernets = [
        Fernet(base64.urlsafe_b64encode(_derive(secret, b"column"))) for secret in secret_keys
    ]
    _Secrets.cipher = MultiFernet(fernets)
    keys = [_derive(secret, b"column-gcm") for secret in secret_keys]
    _Secrets.columns = ColumnCipher(keys, older=_Secrets.cipher)
    _Secrets.index_key = _derive(secret_keys[-1], b"index")


def key_id(secret: str) -> str:
    """A name by which a key may be spoken of; the key cannot be told from it."""
    return _derive(secret, b"key id").hex()[:12]


def cipher() -> MultiFernet:
    """The cipher of files and cookies. Raises SecretsError before `unlock`."""
    if _Secrets.cipher is None:
        raise SecretsError("nothing can be encrypted yet: call app.database.unlock first")
    return _Secrets.cipher


def column_cipher() -> ColumnCipher:
    """The cipher of columns. Raises SecretsError before `unlock`."""
    if _Secrets.columns is None:
        raise SecretsError("encrypted columns are locked: call app.database.unlock first")
    return _Secrets.columns


def blind_index(value: str) -> str:
    """A keyed, irreversible fingerprint by which an encrypted value can be looked up."""
    return fingerprint(value)[:32]


def fingerprint(value: str) -> str:
    """A keyed hash of a value (64 hexadecimal digits); it stays the same when keys are rotated."""
    return hmac.new(_Secrets.index_key, value.encode(), hashlib.sha256).hexdigest()


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted at rest (names, telephone numbers, appeals). Not searchable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else column_cipher().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        # An empty text is no secret: columns that are added to tables with rows begin with it.
        return column_cipher().decrypt(value) if value else value


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite forgets time zones, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def driver_url(url: str) -> URL:
    """The URL with the driver chosen inside: plain `sqlite:///` and `postgresql://` are given."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


class Database:
    """One engine with the time limits of reliability law L7, for use from threads."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url, pool_size)
        self._reserves: list[Database] = []
        self._answered_at = -WORKS_SECONDS

    def reserve(self, connections: int) -> "Database":
        """The same database by connections of its own, which nobody else can use up."""
        # Not from `self.url`: as text it hides the password.
        plain = self.url.render_as_string(hide_password=False)
        reserved = Database(plain, pool_size=connections)
        self._reserves.append(reserved)
        return reserved

    @property
    def engines(self) -> list[Engine]:
        """Its engine, and those of its reserves."""
        return [self.engine, *(reserve.engine for reserve in self._reserves)]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back on an exception."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reads only, which never waits for a writer.

        On PostgreSQL each statement is a transaction by itself, which saves BEGIN and ROLLBACK on
        the way to the server; at READ COMMITTED it would see what is new by then anyway.
        """
        with self.engine.connect() as connection:
            options = (
                {"huixiang_read_only": True}
                if self.is_sqlite
                else {"isolation_level": "AUTOCOMMIT"}
            )
            reader = connection.execution_options(**options)
            yield reader
            reader.rollback()
        self.has_answered()

    def has_answered(self) -> None:
        """It is there."""
        self._answered_at = time.monotonic()

    def has_failed(self) -> None:
        """It is not there, or not as it should be."""
        self._answered_at = -WORKS_SECONDS

    @property
    def works(self) -> bool:
        """Whether it has answered a moment ago, and not failed since: who waits is only late."""
        return time.monotonic() - self._answered_at < WORKS_SECONDS

    @contextmanager
    def reading_in_portions(self, rows: int) -> Iterator[Connection]:
        """A connection for reads of any length: some rows at a time, all in one transaction."""
        with self.engine.connect() as connection:
            yield connection.execution_options(huixiang_read_only=True, yield_per=rows)
            connection.rollback()

    def close(self) -> None:
        """Close all connections; one that a thread still holds is closed when it comes back."""
        for engine in self.engines:
            event.listen(engine, "checkin", _close_at_once)
            engine.dispose()


def _close_at_once(_connection: Any, record: Any) -> None:
    record.invalidate()


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # error texts must not carry callers' data into the log
        # isolation_level None: the driver starts no transaction of its own, we say BEGIN below.
        connect_args={
            "timeout": 1.0,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": PREPARED_STATEMENTS,
        },
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another has
        # written in between; only BEGIN IMMEDIATE waits its turn.
        read_only = connection.get_execution_options().get("huixiang_read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=1.0,
        pool_pre_ping=True,
        # The connection that was used last knows its statements best.
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 2,
            "options": "-c statement_timeout=1500 -c lock_timeout=1000 -c timezone=UTC",
        },
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.prepared_max = PREPARED_STATEMENTS

    return engine
