"""Accepting versions, putting them in force, and asking a second person; writes their tables.

`actor` is whoever acts, as the audit names them: `staff:7`, `cli:root`, or `files` for a change of
the folder, of which nobody knows who made it.
"""

import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, text, update

from app.database import insert_once
from app.flows.files import Files, content_version
from app.people.audit.service import record
from app.publishing.errors import PublishingError
from app.publishing.models import (
    FlowContent,
    FlowFile,
    FlowFolder,
    FlowProposal,
    FlowRelease,
    FlowVersion,
)
from app.publishing.queries import Proposal, files_of, in_force, proposal, releases_of
from app.site_settings.queries import site_settings

FILES = "files"  # both an origin and, for want of a name, an actor
CONSOLE, COMMAND, ROLL_BACK = "console", "command", "roll-back"
LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, from where and why; `authors` are all whose work it is."""

    actor: str
    at: datetime
    origin: str
    why: str = ""
    authors: Collection[str] = ()
    draft_id: int | None = None


def publish(connection: Connection, files: Files, act: Act) -> bool:
    """Put examined files in force, or propose them where the site asks for a second person.

    Returns whether they are in force now. Raises PublishingError when they are already.
    """
    _alone(connection)
    version, before = content_version(files), in_force(connection)
    if version == before:
        raise PublishingError("这就是现在使用的版本。", "This is the version in force already.")
    _store(connection, files, version, act)
    if before and site_settings(connection).flows_need_second_person:
        _propose(connection, version, before, act)
        return False
    _release(connection, version, before, act)
    return True


def take_folder(connection: Connection, files: Files, at: datetime) -> bool:
    """Take a folder that was read, is good, and has changed since it was last considered.

    Returns whether it had changed; of several workers that see the same change one takes it.
    """
    version = content_version(files)
    if not _is_changed(connection, version, at):
        return False
    before = in_force(connection)
    if version != before:
        changed = ", ".join(changed_names(files_of(connection, before), files)) if before else ""
        publish(connection, files, Act(FILES, at, FILES, changed[:LONGEST_WHY]))
    return True


def folder_written(connection: Connection, version: str, at: datetime) -> None:
    """Remember that the folder was made to hold a version, so that it is not taken for a change."""
    _is_changed(connection, version, at)


def roll_back(connection: Connection, version: str, *, actor: str, why: str, at: datetime) -> None:
    """Put a version in force again that has been before; this needs no second person.

    Raises PublishingError for one that never was, and for the one that is.
    """
    _alone(connection)
    before = in_force(connection)
    if not releases_of(connection, version):
        raise PublishingError(
            "只能退回到使用过的版本。", "Only a version that has been in force can be gone back to."
        )
    if version == before:
        raise PublishingError("这就是现在使用的版本。", "This is the version in force already.")
    _release(connection, version, before, Act(actor, at, ROLL_BACK, why))


def approve(connection: Connection, proposal_id: int, *, actor: str, at: datetime) -> Proposal:
    """Put a proposed version in force; the release names who approved it.

    Raises PublishingError unless it waits, somebody else made it, and nothing came in between.
    """
    _alone(connection)
    asked, before = _undecided(connection, proposal_id), in_force(connection)
    if actor in asked.authors or actor == asked.by:
        raise PublishingError(
            "自己改的不能自己批准，请换一位同事。",
            "Whoever made a change cannot approve it: ask a colleague.",
        )
    if asked.base != before:
        raise PublishingError(
            "提交之后又有别的版本启用了，请退回后重新提交。",
            "Another version came into force since: decline this one and have it proposed anew.",
        )
    _decide(connection, asked, "approved", actor, "", at)
    _release(connection, asked.version, before, Act(actor, at, asked.origin, asked.why))
    return asked


def decline(
    connection: Connection, proposal_id: int, *, actor: str, remark: str, at: datetime
) -> Proposal:
    """Turn a proposal down, or take one's own back. Raises PublishingError unless it waits."""
    asked = _undecided(connection, proposal_id)
    own = actor in asked.authors or actor == asked.by
    decision = "withdrawn" if own else "declined"
    _decide(connection, asked, decision, actor, remark, at)
    act = Act(actor, at, asked.origin)
    _audit(connection, f"flows.{decision}", asked.version, {"proposal": asked.id}, act)
    return asked


def changed_names(before: Files, after: Files) -> list[str]:
    """The files that differ between two sets."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _store(connection: Connection, files: Files, version: str, act: Act) -> None:
    """Keep a version and its files; one that is kept already keeps its first maker."""
    about = {"made_at": act.at, "made_by": act.actor, "origin": act.origin, "why": act.why}
    if not insert_once(connection, FlowVersion, version=version, **about):
        return
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    kept = select(FlowContent.hash).where(FlowContent.hash.in_(hashes.values()))
    known = set(connection.execute(kept).scalars())
    for name, key in hashes.items():
        if key not in known:
            data = files[name]
            insert_once(connection, FlowContent, hash=key, size=len(data), data=zlib.compress(data))
    rows = [{"version": version, "name": name, "hash": key} for name, key in hashes.items()]
    connection.execute(insert(FlowFile), rows)


def _release(connection: Connection, version: str, before: str, act: Act) -> None:
    connection.execute(
        insert(FlowRelease).values(
            version=version, at=act.at, released_by=act.actor, origin=act.origin, why=act.why
        )
    )
    _audit(connection, "flows.released", version, {"before": before, "origin": act.origin}, act)


def _propose(connection: Connection, version: str, base: str, act: Act) -> None:
    connection.execute(
        insert(FlowProposal).values(
            version=version,
            base=base,
            draft_id=act.draft_id,
            authors=json.dumps(sorted({*act.authors, act.actor})),
            origin=act.origin,
            why=act.why,
            proposed_at=act.at,
            proposed_by=act.actor,
        )
    )
    _audit(connection, "flows.proposed", version, {"base": base, "origin": act.origin}, act)


def _undecided(connection: Connection, proposal_id: int) -> Proposal:
    asked = proposal(connection, proposal_id)
    if asked is None or asked.decision:
        raise PublishingError("这个提议已经处理过了。", "This proposal has been decided already.")
    return asked


def _decide(
    connection: Connection, asked: Proposal, decision: str, actor: str, remark: str, at: datetime
) -> None:
    decided = connection.execute(
        update(FlowProposal)
        .where(FlowProposal.id == asked.id, FlowProposal.decided_at.is_(None))
        .values(decided_at=at, decided_by=actor, decision=decision, remark=remark)
    )
    if decided.rowcount != 1:
        raise PublishingError("这个提议已经处理过了。", "This proposal has been decided already.")


def _is_changed(connection: Connection, version: str, at: datetime) -> bool:
    fresh = update(FlowFolder).where(FlowFolder.id == 1, FlowFolder.version != version)
    if connection.execute(fresh.values(version=version, seen_at=at)).rowcount:
        return True
    return insert_once(connection, FlowFolder, id=1, version=version, seen_at=at)


def _audit(
    connection: Connection, what: str, version: str, detail: Mapping[str, object], act: Act
) -> None:
    """Record an act; the audit knows no files: the service itself took them."""
    actor = "system" if act.actor == FILES else act.actor
    record(connection, actor=actor, act=what, target=f"flows:{version}", detail=detail, at=act.at)


def _alone(connection: Connection) -> None:
    """Let nobody else put anything in force until this is committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE flow_releases IN SHARE ROW EXCLUSIVE MODE"))
