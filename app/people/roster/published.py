"""What the library `holidays` says of China, as JSON on the standard output.

Run as a process of its own by `calendar`: the library keeps 40 MB for good, the answer is small.
"""

import json
import sys
from datetime import date, timedelta


def published(first: int, last: int) -> dict[str, dict[str, list[str]]]:
    """The public holidays and make-up workdays of each year, as ISO dates.

    The library knows a year's make-up workdays only after the State Council has published them,
    and is silent about those it does not know.
    """
    from holidays.countries.china import China

    # Its neighbours are loaded too: a notice may reach over the end of a year.
    calendar = China(years=range(first - 1, last + 2))  # type: ignore[no-untyped-call]
    return {
        str(year): {
            "holidays": [day.isoformat() for day in _days(year) if day in calendar],
            "workdays": [
                day.isoformat()
                for day in _days(year)
                if day not in calendar and day.weekday() > 4 and calendar.is_working_day(day)
            ],
        }
        for year in range(first, last + 1)
    }


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [
        first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1)
    ]


if __name__ == "__main__":
    json.dump(published(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
