"""The database schema: bringing it up to date and checking that it is.

Alembic is imported only to migrate or to compare: it takes longer to load than the answer to
whether there is anything to do, which a start and each probe ask.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.database import Base, Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def import_models() -> None:
    """Make every table known to the metadata."""
    import app.calls.gateway.models
    import app.calls.models
    import app.calls.outbound.models
    import app.calls.recordings.models
    import app.calls.screening.models
    import app.hearings.models
    import app.incidents.models
    import app.insight.flow_numbers.models
    import app.jobs.models
    import app.mediation.cases.models
    import app.mediation.models
    import app.messages.codes.models
    import app.messages.models
    import app.notices.models
    import app.people.alerts.models
    import app.people.audit.models
    import app.people.credentials.models
    import app.people.pins.models
    import app.people.presence.models
    import app.people.roster.models
    import app.people.sessions.models
    import app.people.skills.models
    import app.people.staff.models
    import app.people.tokens.models
    import app.policies.models
    import app.prompt_audio.models
    import app.publishing.models
    import app.queueing.models
    import app.site_settings.models
    import app.softphone.models
    import app.tickets.attachments.models
    import app.tickets.clocks.escalation.models
    import app.tickets.clocks.models
    import app.tickets.closing.models
    import app.tickets.filters.models
    import app.tickets.handover.models
    import app.tickets.households.models
    import app.tickets.links.models
    import app.tickets.models
    import app.tickets.notes.models
    import app.tickets.readings.models
    import app.tickets.search.models
    import app.webhooks.models  # noqa: F401


def _config(database_url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Migrate up to a revision, the newest by default; nothing is done when it stands there."""
    if revision == "head" and _stands_at_newest(database_url):
        return
    from alembic import command

    command.upgrade(_config(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Migrate down to a revision; `base` takes everything away."""
    from alembic import command

    command.downgrade(_config(database_url), revision)


def new_revision(database_url: str, message: str, revision: str) -> None:
    """Write a new migration from the difference between the models and a migrated database."""
    from alembic import command

    command.revision(_config(database_url), message, autogenerate=True, rev_id=revision)


def revisions() -> list[str]:
    """All revisions this version knows, the newest last; they are numbered in their order."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return sorted(path.name.split("_")[0] for path in files)


def revision_of(connection: Connection) -> str:
    """The revision a migrated database stands at; empty when all was taken back."""
    standing = connection.execute(text("SELECT version_num FROM alembic_version"))
    return str(standing.scalar_one_or_none() or "")


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest revision."""
    if not inspect(database.engine).has_table("alembic_version"):
        return False
    with database.reading() as connection:
        return revision_of(connection) == revisions()[-1]


def _stands_at_newest(database_url: str) -> bool:
    database = Database(database_url)
    try:
        return is_current(database)
    finally:
        database.close()


def differences(database: Database) -> list[str]:
    """How a migrated database differs from the models; empty when the migrations are complete."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    import_models()
    with database.reading() as connection:
        migration = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(change) for change in compare_metadata(migration, Base.metadata)]
