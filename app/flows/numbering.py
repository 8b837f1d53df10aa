"""Which telephone numbers may be rung or texted at all: the allow-list of countries and kinds.

One truth for the check of flows, the outbound gateway and every form that takes a number. Premium
and shared-cost numbers, satellite telephones and short codes are refused whatever a site allows
(threat T1).
"""

import re
from enum import StrEnum
from functools import lru_cache

from app.flows.directory import Dialling, NumberKind

# Satellite telephones and international networks, by country code.
SATELLITES = frozenset((870, 878, 881, 882, 883, 888, 979))
# Satellite telephones that hide in a country's mobile numbers: 1349 and 17400 to 17405 in China.
_HIDDEN_SATELLITES = re.compile(r"\+86(?:1349|1740[0-5])")
# Telephones there have ten digits or eleven; what is shorter is a service's number, as 95588.
_SHORT_SERVICES = re.compile(r"\+86[0-9]{0,9}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_NEVER_ASSIGNED = re.compile(r"\+86(?:10|2\d|[3-9]\d{2})1\d{6,7}")


class NumberRefusal(StrEnum):
    """Why a number is not rung."""

    malformed = "malformed"
    short = "short"  # short codes, and lengths that no telephone there has
    satellite = "satellite"
    premium = "premium"
    country = "country"  # not on the site's list
    kind = "kind"  # neither fixed nor mobile, or whatever else the site allows
    unassigned = "unassigned"  # in no range that its country has assigned


@lru_cache(maxsize=4_096)
def refused_as(number: str, dialling: Dialling) -> NumberRefusal | None:
    """Why a number may not be rung; None when it may. What costs extra is told first."""
    import phonenumbers
    from phonenumbers import PhoneNumberType, ValidationResult

    if _E164.fullmatch(number) is None:
        return NumberRefusal.malformed
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NumberRefusal.malformed
    kind = phonenumbers.number_type(parsed)
    if parsed.country_code in SATELLITES or _HIDDEN_SATELLITES.match(number):
        return NumberRefusal.satellite
    if kind in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST):
        return NumberRefusal.premium
    if not number.startswith(tuple(dialling.prefixes)):
        return NumberRefusal.country
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != ValidationResult.IS_POSSIBLE or _SHORT_SERVICES.fullmatch(number):
        return NumberRefusal.short
    if not phonenumbers.is_valid_number(parsed):
        return NumberRefusal.unassigned
    return None if _kinds(kind) & set(dialling.kinds) else NumberRefusal.kind


def is_placeholder(number: str) -> bool:
    """Whether it is a number like the shipped ones: no subscriber's number here begins with 1."""
    return _NEVER_ASSIGNED.fullmatch(number) is not None


def _kinds(kind: int) -> set[NumberKind]:
    from phonenumbers import PhoneNumberType

    known: dict[int, set[NumberKind]] = {
        PhoneNumberType.FIXED_LINE: {"fixed"},
        PhoneNumberType.MOBILE: {"mobile"},
        PhoneNumberType.FIXED_LINE_OR_MOBILE: {"fixed", "mobile"},
        PhoneNumberType.VOIP: {"voip"},
        PhoneNumberType.TOLL_FREE: {"toll_free"},
    }
    return known.get(kind, set())
