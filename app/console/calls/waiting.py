"""Who waits for a person, and taking somebody from the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.calls.live.board import LiveCall
from app.calls.log.sight import masked
from app.console.naming import Names
from app.database import blind_index
from app.flows.directory import Directory
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.presence.address import client_of, is_client
from app.people.roster.contacts import staff_contact
from app.queueing import claims, queries, store
from app.queueing.crew import AWAY, FAILED, crew
from app.queueing.errors import QueueError
from app.queueing.queries import Standing
from app.queueing.resting import resting, ring_again
from app.tickets.changes import staff_actor
from app.web.access import TakeCalls
from app.web.onward import OnwardField
from app.web.pages import language_of
from app.web.problems import ProblemError
from app.web.site import site_of
from app.web.telephones import telephone

router = APIRouter(include_in_schema=False)

DESK = ""


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits, in the reader's words. `ticket` is that of a kept place."""

    standing: Standing
    name: str
    caller: str
    wanted: str
    may_take: bool
    claimed: bool

    @property
    def is_kept(self) -> bool:
        """Whether they have hung up and are called back in turn."""
        return self.standing.waiting.state in ("kept", "calling")


def in_line(
    connection: Connection,
    visitor: Visitor,
    names: Names,
    calls: Mapping[str, LiveCall],
    at: datetime,
) -> list[InLine]:
    """Everybody who waits where the visitor may see calls; `calls` are those on their board.

    Who calls is told only of a call that stands there with its caller.
    """
    return [
        _shown(standing, visitor, names, calls.get(standing.waiting.call_sid), at)
        for standing in queries.in_line(connection, at)
        if visitor.may(Right.calls_live, department=department_of(standing.waiting.target))
    ]


@dataclass(frozen=True, slots=True)
class NotRung:
    """A duty telephone that is left out: whose, its number, and why.

    `why` is `refused`, `away`, or `failed`: then it rests until `until`, and `index` names it.
    """

    name: str
    number: str
    why: str
    index: str
    until: datetime | None


def not_rung(
    connection: Connection, directory: Directory, lines: Sequence[InLine], at: datetime
) -> list[NotRung]:
    """The telephones that are left out at the desk, and wherever somebody waits.

    That somebody takes no calls now is their own affair until somebody waits.
    """
    targets = dict.fromkeys(["desk", *(one.standing.waiting.target for one in lines)])
    told = {FAILED: "failed", AWAY: "away"}
    found = {
        member.index: NotRung(
            member.contact.name,
            "" if is_client(member.contact.phone) else telephone(member.contact.phone),
            told.get(member.trouble, "refused"),
            member.index,
            member.rests_until,
        )
        for target in targets
        for member in crew(connection, directory, target, at)
        if member.trouble and (lines or member.trouble != AWAY)
    }
    return list(found.values())


def own_telephones(connection: Connection, visitor: Visitor, at: datetime) -> list[NotRung]:
    """Those of the visitor's own telephones that rest."""
    if visitor.staff_id is None or not visitor.may(Right.calls_take):
        return []
    contact = staff_contact(connection, visitor.staff_id)
    numbers = [contact.phone if contact else "", client_of(visitor.staff_id)]
    by_index = {blind_index(number): number for number in numbers if number}
    return [
        NotRung(
            "",
            "" if is_client(by_index[index]) else telephone(by_index[index]),
            "failed",
            index,
            until,
        )
        for index, until in resting(connection, by_index, at).items()
    ]


def department_of(target: str) -> str:
    """The department whose callers wait for a target; empty for the hotline's own desk."""
    kind, _, key = target.partition(":")
    return key if kind == "department" else DESK


def _shown(
    standing: Standing, visitor: Visitor, names: Names, live: LiveCall | None, at: datetime
) -> InLine:
    waiting = standing.waiting
    department = department_of(waiting.target)
    is_told = live is not None and not live.call.hidden and visitor.may(Right.tickets_view)
    return InLine(
        standing,
        live.card.name if live is not None and is_told else "",
        telephone(waiting.caller) if is_told else masked(waiting.caller),
        names.department(department) if department else "",
        visitor.may(Right.calls_take, department=department)
        and waiting.state in ("waiting", "ringing"),
        waiting.is_claimed(at),
    )


@router.post("/console/live/take")
def take(
    request: Request, visitor: TakeCalls, call: Annotated[str, Form(max_length=64)]
) -> Response:
    """Take a caller who waits: the visitor's telephone rings and is put through."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            at = site.clock.now()
            waiting = store.of_call(connection, call)  # also one not heard of for a while
            if waiting is not None:
                visitor.insist(Right.calls_take, department=department_of(waiting.target))
            assert visitor.staff_id is not None
            claimant = claims.claimant_of(connection, visitor.staff_id, at)
            claims.take(connection, call, claimant, at)
    except QueueError as error:
        raise ProblemError(409, error.said(language_of(request, visitor))) from error
    site.wake_jobs()
    return RedirectResponse("/console/live?taken=yes", 303)


@router.post("/console/live/ring-again")
def ring_telephone_again(
    request: Request,
    visitor: TakeCalls,
    index: Annotated[str, Form(pattern=r"[0-9a-f]{32}")],
    back: OnwardField,
) -> Response:
    """A telephone that rests is rung again from now on: somebody says that it works."""
    site = site_of(request)
    assert visitor.staff_id is not None
    with site.database.writing() as connection:
        ring_again(connection, index, staff_actor(visitor.staff_id), site.clock.now())
    return RedirectResponse(back, 303)
