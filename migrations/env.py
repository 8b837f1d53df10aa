"""Alembic's environment: the URL comes from whoever runs it, the tables from the models."""

from typing import Any

from alembic import context
from app.database import Base, Database
from app.schema import import_models
from sqlalchemy import TypeDecorator

import_models()


def plain_types(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our column types as the plain ones behind them: a migration must not change with us."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run() -> None:
    """Migrate over a live connection; batch mode lets SQLite alter tables."""
    database = Database(context.config.attributes["database_url"])
    try:
        with database.engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                compare_type=True,
                render_item=plain_types,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        database.close()


run()
