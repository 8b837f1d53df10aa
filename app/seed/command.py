"""`hotline seed`: the made-up history as a command."""

from datetime import timedelta

from sqlalchemy import select

from app import schema
from app.clock import SystemClock
from app.database import Database
from app.logs import configure_logs
from app.main import assemble
from app.people.staff.models import Staff
from app.seed.multiply import multiply
from app.seed.numbers import UnusedNumbers
from app.seed.quarter import SeedError, seed_quarter
from app.settings import Settings, SettingsError
from app.tickets.numbers import fresh_number


def run_seed(
    settings: Settings, days: int, calls_a_day: int, copies: int, chance: int, password: str
) -> str:
    """Migrate and fill an empty database; returns what was made. Raises SettingsError."""
    schema.upgrade(settings.database_url)
    configure_logs("ERROR")
    service = assemble(settings, identities=UnusedNumbers(fresh_number))
    now = SystemClock().now()
    try:
        told = seed_quarter(
            service, now, days=days, a_day=calls_a_day, seed=chance, password=password
        )
        with service.database.writing() as connection:
            multiply(connection, copies, timedelta(days=days), service.identities)
    except SeedError as error:
        raise SettingsError(str(error)) from error
    finally:
        service.database.close()
    made = copies + 1
    return (
        f"Made up {days} days with {told.calls} calls, {told.tickets} tickets and "
        f"{told.staff} staff{f', {made} times over' if copies else ''}."
    )


def is_staffed(database_url: str) -> bool:
    """Whether anybody works with this database yet."""
    database = Database(database_url)
    try:
        with database.reading() as connection:
            return connection.execute(select(Staff.id).limit(1)).first() is not None
    finally:
        database.close()
