"""Which telephones can be sent a text."""

from functools import lru_cache


@lru_cache(maxsize=1_024)
def can_be_texted(number: str) -> bool:
    """Whether a number in E.164 is a mobile telephone's, as far as numbers tell."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    if not number.startswith("+"):
        return False
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    mobile = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in mobile


@lru_cache(maxsize=1_024)
def is_telephone(sender: str) -> bool:
    """Whether a person can be behind a sender: a full number, not a short code or a name."""
    import phonenumbers

    if not sender.startswith("+"):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(sender))
    except phonenumbers.NumberParseException:
        return False
