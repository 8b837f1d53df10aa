"""The days and the version that a page of numbers is about, by its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from app.flows.hours import COUNTY_TIME
from app.insight.flow_numbers.queries import Span

DAYS_OFFERED = (1, 7, 30, 90)
USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """The last `days`, today included; `version` is empty for all of them together."""

    days: int = USUAL_DAYS
    version: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """From the query part of an address; what is not offered is left out."""
        days = query.get("days", "")
        offered = {str(one): one for one in DAYS_OFFERED}
        return cls(offered.get(days, USUAL_DAYS), query.get("version", "")[:64])

    def at(self, now: datetime) -> Span:
        """The span as it is now."""
        today = now.astimezone(COUNTY_TIME).date()
        return Span(today - timedelta(days=self.days - 1), today, self.version)

    def query(self, **more: str) -> str:
        """The query part of an address that `parse` reads as this."""
        given = {"days": str(self.days), "version": self.version, **more}
        return urlencode({name: value for name, value in given.items() if value})
