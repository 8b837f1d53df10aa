"""Telephone numbers as people write them, made into those the network knows."""

HOME = "CN"


def e164(written: str) -> str:
    """A number in E.164, read as one of this country unless it says otherwise; "" when it is none.

    `138 0013 8000`, `0745-1234567` and `+86 138…` are read; too short or impossible ones are not.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(written, HOME)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
