"""Keeping what is known of callers and their households; the only writer of those tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from app.calls.facts import CallFacts
from app.database import blind_index, insert_once
from app.flows.effects import ChooseLanguage
from app.tickets.errors import RefusedError
from app.tickets.households.models import Caller, Household
from app.tickets.models import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFacts:
    """A household as its register says."""

    code: str
    village: str
    head: str
    members: int
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of the person at a telephone; None leaves a field as it is."""

    name: str | None = None
    household_id: int | None = None
    language: str | None = None
    best_time: str | None = None


def save_household(connection: Connection, facts: HouseholdFacts, at: datetime) -> int:
    """Keep a household, new or known by its code; returns its id. Raises RefusedError."""
    values = {
        "village": facts.village.strip(),
        "head": facts.head.strip(),
        "head_index": blind_index(facts.head.strip()),
        "members": facts.members,
        "region": facts.region,
        "updated_at": at,
    }
    code = facts.code.strip()
    if not code or not values["village"] or not values["head"] or facts.members < 1:
        raise RefusedError(
            "户号、村、户主都要填，人口至少 1 人。",
            "Code, village and head of the household are needed, and at least one member.",
        )
    if not insert_once(connection, Household, code=code, created_at=at, **values):
        connection.execute(update(Household).where(Household.code == code).values(values))
    return connection.execute(select(Household.id).where(Household.code == code)).scalar_one()


def save_caller(connection: Connection, phone: str, profile: Profile, at: datetime) -> int:
    """Keep what is known of a telephone (E.164); returns the caller's id.

    A household that is given becomes that of the telephone's tickets as well. Raises RefusedError
    when the number is none.
    """
    if not phone.startswith("+"):
        raise RefusedError("请填完整的电话号码。", "Give the whole telephone number.")
    index = blind_index(phone)
    changes = _changes(profile) | {"updated_at": at}
    blank = {"name": "", "name_index": "", "language": "", "best_time": "", "household_id": None}
    if not insert_once(connection, Caller, phone_index=index, phone=phone, **(blank | changes)):
        connection.execute(update(Caller).where(Caller.phone_index == index).values(changes))
    if profile.household_id is not None:
        connection.execute(
            update(Ticket)
            .where(Ticket.caller_index == index)
            .values(household_id=profile.household_id)
        )
    return connection.execute(select(Caller.id).where(Caller.phone_index == index)).scalar_one()


def remember_language(connection: Connection, effect: ChooseLanguage, call: CallFacts) -> None:
    """The effect handler: the caller chose a language; the next call begins in it.

    Who withholds the number is not remembered.
    """
    if call.caller.startswith("+"):
        save_caller(connection, call.caller, Profile(language=effect.language), call.at)


def _changes(profile: Profile) -> dict[str, Any]:
    given = {name: getattr(profile, name) for name in Profile.__slots__}
    changes = {name: value for name, value in given.items() if value is not None}
    if profile.name is not None:
        changes["name_index"] = blind_index(profile.name) if profile.name else ""
    return changes
