"""Who may be rung, and how often (threat T1). Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.flows.directory import Dialling
from app.flows.numbering import refused_as

PER_HOUR, PER_DAY = 1, 3  # calls to one citizen
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_AT_HOME = Dialling()


class NotAllowedError(Exception):
    """A call may not be placed. `str` is the English sentence, `zh` the Chinese.

    `until` is the earliest time at which it may, when it is only a matter of time.
    """

    def __init__(self, zh: str, en: str, until: datetime | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.until = until

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


def may_be_rung(number: str) -> bool:
    """Whether a number in E.164 is an ordinary telephone of this country: fixed or mobile.

    Premium, satellite and short numbers are not, nor is any other country's. What the site's own
    list allows beyond that, the outbound gateway knows.
    """
    return refused_as(number, _AT_HOME) is None


def allowed_from(placed: Sequence[datetime], at: datetime) -> datetime:
    """The earliest instant, not before `at`, at which one more call may be placed.

    `placed` are the instants of the calls placed to the same citizen before.
    """
    earliest = at
    for most, within in ((PER_HOUR, HOUR), (PER_DAY, DAY)):
        recent = sorted(instant for instant in placed if instant > at - within)
        if len(recent) >= most:
            earliest = max(earliest, recent[-most] + within)
    return earliest
