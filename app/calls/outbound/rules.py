"""Who may be rung, and how often (threat T1). Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

HOME_CODE = 86
PER_HOUR, PER_DAY = 1, 3  # calls to one citizen
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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

    Premium, satellite and short numbers are not, nor is any other country's.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType

    if not number.startswith("+"):
        return False
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    ordinary = (
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    return (
        parsed.country_code == HOME_CODE
        and phonenumbers.is_valid_number(parsed)
        and phonenumbers.number_type(parsed) in ordinary
    )


_NEVER_ASSIGNED = re.compile(r"\+86(?:10|2\d|[3-9]\d{2})1\d{6,7}")


def is_placeholder(number: str) -> bool:
    """Whether it is a number like the shipped ones: no subscriber's number here begins with 1."""
    return _NEVER_ASSIGNED.fullmatch(number) is not None


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
