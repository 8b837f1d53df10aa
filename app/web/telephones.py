"""Telephones as people write them here: `138 0013 8000`, `0745 100 0101`, `+1 415-555-0100`."""

from functools import lru_cache

from app.people.presence.address import is_client

HOME = "CN"


@lru_cache(maxsize=4_096)
def telephone(number: str) -> str:
    """A number in E.164 as it is written in this country; any other text as it is.

    The address of a browser is none that anybody writes.
    """
    if is_client(number):
        return ""
    if not number.startswith("+"):
        return number
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    at_home = parsed.country_code == phonenumbers.country_code_for_region(HOME)
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, style))
