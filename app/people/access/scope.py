"""Where a right is had: a set of (department, region) rectangles, with `*` for all."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

ALL = "*"

Column = ColumnElement[str] | InstrumentedAttribute[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Departments and regions in which a right is had. "" is the hotline's own desk or county."""

    areas: frozenset[tuple[str, str]] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether nothing is outside."""
        return (ALL, ALL) in self.areas

    def covers(self, department: str, region: str) -> bool:
        """Whether something of this department and region is inside.

        `*` asks for all of them: only a grant of all departments covers all departments.
        """
        return any(
            own_department in (ALL, department) and own_region in (ALL, region)
            for own_department, own_region in self.areas
        )

    def condition(self, department: Column, region: Column) -> ColumnElement[bool]:
        """The scope as a condition of a query, given the two columns that say where a row belongs.

        Nothing is inside an empty scope: the condition is then false, never missing.
        """
        if self.everything:
            return true()
        return or_(false(), *(_inside(area, department, region) for area in sorted(self.areas)))


EVERYTHING = Scope(frozenset({(ALL, ALL)}))
NOTHING = Scope()


def _inside(area: tuple[str, str], department: Column, region: Column) -> ColumnElement[bool]:
    own_department, own_region = area
    return and_(
        true() if own_department == ALL else department == own_department,
        true() if own_region == ALL else region == own_region,
    )
