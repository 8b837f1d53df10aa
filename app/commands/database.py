"""The database of the settings, opened for a command that works beside a running service."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.database import Database


@contextmanager
def opened() -> "Iterator[Database]":
    """The database of the settings; ends the command when its schema is not the newest."""
    from app import schema
    from app.database import Database, unlock
    from app.demo import settings_or_demo

    settings = settings_or_demo()
    unlock(list(settings.secrets))
    database = Database(settings.database_url)
    try:
        if not schema.is_current(database):
            sys.exit("hotline: the database is not at the newest schema: run `hotline db upgrade`.")
        yield database
    finally:
        database.close()
