"""How every change of a case is written: under a lock, with its version, and with its event."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.mediation.cases.errors import DisputeError, UnknownCaseError
from app.mediation.cases.models import DisputeCase, DisputeEvent
from app.mediation.cases.states import ENDED, CaseState

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as it stands, locked; nothing personal."""

    id: int
    number: str
    version: int
    ticket_id: int | None
    department: str
    region: str
    kind: str
    state: CaseState
    mediator_id: int | None
    first_call_at: datetime
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class Happened:
    """Who did what to a case, when; `words` are a person's own and stand encrypted."""

    at: datetime
    actor: str
    event: str
    words: str = ""
    detail: Mapping[str, object] | None = None


def lock(connection: Connection, case_id: int) -> Standing:
    """A case that nobody else can change until the transaction ends. Raises UnknownCaseError."""
    columns = [getattr(DisputeCase, name) for name in Standing.__slots__]
    query = select(*columns).where(DisputeCase.id == case_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UnknownCaseError(str(case_id))
    return Standing(*row)


def lock_open(connection: Connection, case_id: int) -> Standing:
    """The same, for what may only be done while the case is not over. Raises DisputeError."""
    case = lock(connection, case_id)
    if case.state in ENDED:
        raise DisputeError("这个案件已经了结，不能再改。", "This case is over and stands as it is.")
    return case


def change(
    connection: Connection,
    case: Standing,
    happened: Happened,
    state: CaseState | None = None,
    **values: Any,
) -> Standing:
    """Write a change and its event; returns the case as it stands then."""
    after = state or case.state
    connection.execute(
        update(DisputeCase)
        .where(DisputeCase.id == case.id)
        .values(version=case.version + 1, state=after, **values)
    )
    write_event(connection, case.id, happened, case.state, after)
    own = {name: value for name, value in values.items() if name in Standing.__slots__}
    return replace(case, version=case.version + 1, state=after, **own)


def write_event(
    connection: Connection,
    case_id: int,
    happened: Happened,
    before: CaseState | None = None,
    after: CaseState | None = None,
) -> None:
    """Append an event; its states stand only where they differ."""
    moved = before != after
    detail = json.dumps(dict(happened.detail), separators=(",", ":")) if happened.detail else ""
    connection.execute(
        insert(DisputeEvent).values(
            case_id=case_id,
            at=happened.at,
            actor=happened.actor,
            event=happened.event,
            from_state=before if moved and before else "",
            to_state=after if moved and after else "",
            words=happened.words,
            detail=detail,
        )
    )
