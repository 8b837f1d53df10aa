"""What the pages of a case send: hours, days, parties."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request

from app.flows.hours import COUNTY_TIME
from app.mediation.cases.errors import DisputeError

LONGEST = 20_000


class Fields(dict[str, str]):
    """The fields of a form by name; one that was not sent is empty."""

    def __missing__(self, name: str) -> str:
        return ""

    def number(self, name: str) -> int | None:
        """A field that is a number, or None."""
        text = self[name].strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    def day(self, name: str) -> date:
        """A day. Raises DisputeError for none."""
        try:
            return date.fromisoformat(self[name])
        except ValueError as error:
            raise DisputeError("请选日期。", "Choose a day.") from error

    def hour(self, name: str) -> datetime:
        """A day and hour of the county. Raises DisputeError for none."""
        try:
            local = datetime.fromisoformat(self[name])
        except ValueError as error:
            raise DisputeError("请选日期和时间。", "Choose a day and an hour.") from error
        return local.replace(tzinfo=COUNTY_TIME)

    def numbers(self, name: str) -> list[int]:
        """All values of a field that is sent several times."""
        return [int(one) for one in self[name].split(",") if one.isascii() and one.isdigit()]


async def _fields(request: Request) -> Fields:
    form = await request.form()
    return Fields(
        {name: ",".join(str(one) for one in form.getlist(name))[:LONGEST] for name in form}
    )


Written = Annotated[Fields, Depends(_fields)]
