"""Alembic's environment: the URL comes from whoever runs it, the tables from the models."""

from alembic import context

from app.database import Base, Database
from app.schema import import_models

import_models()


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
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        database.close()


run()
