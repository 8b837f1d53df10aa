"""What the set-up changes in the menus: a new version, and the folder where it is in step."""

import structlog

from app.flows.files import Files, content_version, read_folder, write_folder
from app.flows.findings import FlowError
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.publishing import queries
from app.publishing.service import CONSOLE, Act, folder_written, publish
from app.web.site import Site

log = structlog.get_logger()


def files_in_force(site: Site) -> Files:
    """The files that callers hear; those of the folder while nothing was put in force yet."""
    with site.database.reading() as connection:
        files = queries.files_of(connection, queries.in_force(connection))
    return files or read_folder(site.settings.flows_dir)[0]


def save_files(site: Site, visitor: Visitor, before: Files, after: Files, why: str) -> None:
    """Publish files that were changed. Raises FlowError when they are not good.

    A folder that held the former version is given the new one; another one is left alone.
    """
    examined = site.gates.examine(after)
    if examined.errors:
        raise FlowError(examined.errors)
    at = site.clock.now()
    act = Act(visitor.actor, at, CONSOLE, why)
    with site.database.writing() as connection:
        is_in_force = publish(connection, after, act)
        record(connection, actor=visitor.actor, act="directory.telephones_changed", target="site",
               detail={"places": why.split(", ")}, at=at)  # fmt: skip
    if is_in_force:
        _keep_in_step(site, before, after)
    site.follow_releases()


def _keep_in_step(site: Site, before: Files, after: Files) -> None:
    folder = site.settings.flows_dir
    if read_folder(folder)[0] != before:
        return
    try:
        write_folder(folder, after)
    except OSError as error:  # read-only, as often in production: the database has it
        log.info("flows.folder_not_written", error=error.strerror)
        return
    with site.database.writing() as connection:
        folder_written(connection, content_version(after), site.clock.now())
