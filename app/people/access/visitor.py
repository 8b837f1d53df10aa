"""Who asks: a person who has signed in, a system with an API token, or the public."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from app.people.access.rights import COUNTY_WIDE, RIGHTS, Right, Role
from app.people.access.scope import ALL, Scope


class Kind(StrEnum):
    """What a visitor is."""

    staff = "staff"
    api = "api"
    public = "public"
    operator = "cli"  # somebody with a shell on the machine


class ForbiddenError(Exception):
    """The visitor lacks a right here; the edge answers 403."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"the right {right} is needed here")
        self.right = right


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights within one area; `role` is empty for an API token, which has rights of its own."""

    rights: frozenset[Right]
    department: str = ALL
    region: str = ALL
    role: Role | None = None

    @classmethod
    def of(cls, role: Role, department: str = ALL, region: str = ALL) -> Self:
        """What a role means in an area."""
        return cls(RIGHTS[role], department, region, role)

    def gives(self, right: Right) -> bool:
        """Whether it has the right, somewhere; rights of the whole county need all of it."""
        if right in COUNTY_WIDE and (self.department, self.region) != (ALL, ALL):
            return False
        return right in self.rights


# What everybody has who has signed in, also before they are granted any role.
ONESELF = Grant(frozenset({Right.account}))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and what they may do where.

    `id` is the staff's or the token's id, 0 for the public; `session` names the session signed in
    with, for "my sessions" and to end it.
    """

    kind: Kind
    id: int = 0
    name: str = ""
    language: str = "zh-CN"
    grants: tuple[Grant, ...] = ()
    session: str = ""

    @property
    def staff_id(self) -> int | None:
        """The id of the staff who asks; None for a system or the public."""
        return self.id if self.kind is Kind.staff else None

    @property
    def actor(self) -> str:
        """How events and the audit name them: `staff:7`, `api:town`, `cli:root`, `public`."""
        match self.kind:
            case Kind.staff:
                return f"staff:{self.id}"
            case Kind.api:
                return f"api:{self.name}"
            case Kind.operator:
                return f"cli:{self.name}"
        return "public"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles they have, wherever."""
        return frozenset(grant.role for grant in self.grants if grant.role)

    def may(
        self, right: Right, *, department: str | None = None, region: str | None = None
    ) -> bool:
        """Whether they have a right: there, when a place is given; otherwise anywhere at all.

        A place that is left out is any place: `may(right, department="agriculture")` asks for the
        department whatever the region.
        """
        return any(_reaches(area, department, region) for area in self.scope(right).areas)

    def scope(self, right: Right) -> Scope:
        """Where they have a right."""
        return Scope(frozenset((g.department, g.region) for g in self.grants if g.gives(right)))

    def insist(
        self, right: Right, *, department: str | None = None, region: str | None = None
    ) -> None:
        """Raise ForbiddenError unless they have the right there."""
        if not self.may(right, department=department, region=region):
            raise ForbiddenError(right)


PUBLIC = Visitor(Kind.public)


def _reaches(area: tuple[str, str], department: str | None, region: str | None) -> bool:
    own_department, own_region = area
    return (department is None or own_department in (ALL, department)) and (
        region is None or own_region in (ALL, region)
    )
