"""What a worker begins with: the version in force, or the folder before there has been any."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.flows.files import content_version
from app.flows.findings import FlowError
from app.publishing.archive import load_edition
from app.publishing.editions import Edition, Gates
from app.publishing.folder import FlowFolder, Reading
from app.publishing.live import LiveLibrary
from app.publishing.queries import in_force

log = structlog.get_logger()


def open_library(folder: FlowFolder, database: Database, gates: Gates) -> LiveLibrary:
    """The library to begin with. Raises FlowError when neither database nor folder has a good one.

    With the database away the folder serves until it is back; with a bad folder the version in
    force does, and `findings` says why the folder is not taken.
    """
    reading = folder.first()
    wanted = _in_force(database)
    if wanted and wanted != content_version(reading.files):
        edition = _from_database(database, gates, wanted)
        if edition is not None:
            return LiveLibrary(edition)
    return LiveLibrary(_from_folder(folder, reading, gates))


def _in_force(database: Database) -> str:
    try:
        with database.reading() as connection:
            return in_force(connection)
    except SQLAlchemyError as error:
        log.warning("flows.begun_with_folder", error=type(error).__name__)
        return ""


def _from_database(database: Database, gates: Gates, version: str) -> Edition | None:
    try:
        return load_edition(database, gates, version)
    except FlowError as error:
        log.error("flows.version_does_not_compile", version=version, why=str(error))
    except SQLAlchemyError as error:
        log.warning("flows.begun_with_folder", error=type(error).__name__)
    return None


def _from_folder(folder: FlowFolder, reading: Reading, gates: Gates) -> Edition:
    if reading.findings:
        raise FlowError(reading.findings)
    return gates.compile(reading.files, str(folder.path))
