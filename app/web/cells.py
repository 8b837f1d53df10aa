"""Values as cells of a spreadsheet: nothing in them is run, nothing is mangled. Pure.

A spreadsheet runs a text that begins with `= + - @`, a tab or a line end as a formula, and shows a
long row of digits as 1.38614E+12. In XLSX every cell has a type, so texts stay as they are. CSV has
no types: such texts get a `'` before them, and telephones are written `(+86) 138 0013 8000`, which
no spreadsheet takes for a formula or a number and every telephone library reads back.
"""

import re
from datetime import datetime
from functools import lru_cache

from app.flows.hours import COUNTY_TIME

# The full-width forms count too: spreadsheets in Chinese and Japanese take them for the others.
_RUN = tuple("=+-@\t\r\n＝＋－＠")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_000  # characters; a cell of XLSX holds 32,767


def clean(text: str) -> str:
    """A text without characters that files cannot hold, cut to what fits into a cell."""
    kept = _CONTROL.sub("", text)
    return kept if len(kept) <= LONGEST else kept[:LONGEST] + "…"


def unrun(text: str) -> str:
    """A text for CSV: with a `'` before it when a spreadsheet would run it."""
    kept = clean(text)
    return f"'{kept}" if kept.startswith(_RUN) else kept


@lru_cache(maxsize=4_096)
def phone_for_csv(number: str) -> str:
    """A telephone in E.164 for CSV: `(+86) 138 0013 8000`; other texts as any text."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return unrun(number)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country, _, rest = written.partition(" ")
    return f"({country}) {rest}" if rest else f"({country})"


def county_time(instant: datetime) -> datetime:
    """An instant on the county's clock, without its zone: spreadsheets know none."""
    return instant.astimezone(COUNTY_TIME).replace(tzinfo=None, microsecond=0)


def for_csv(value: object, *, is_phone: bool = False) -> object:
    """A value as a cell of CSV: numbers as they are, instants as `2026-11-24 14:05:09`."""
    match value:
        case None:
            return ""
        case bool():
            return int(value)
        case int() | float():
            return value
        case datetime():
            return f"{county_time(value):%Y-%m-%d %H:%M:%S}"
    return phone_for_csv(str(value)) if is_phone else unrun(str(value))
