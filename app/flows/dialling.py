"""Which telephones may be rung: the allowed countries, and nothing that costs extra."""

from collections.abc import Iterator

from app.flows.directory import Directory, Post
from app.flows.findings import Finding
from app.flows.source import Document, Path_

# Satellite telephones and international networks, by country code.
SATELLITES = frozenset((870, 878, 881, 882, 883, 888, 979))


def judge_numbers(directory: Directory, document: Document) -> Iterator[Finding]:
    """All findings about the telephones of a directory, each at the number."""
    for path, number in telephones(directory):
        refusal = _refusal(number, directory.dialling.prefixes)
        if refusal:
            yield document.finding(path, "dialling", *refusal)
        elif not _is_assigned(number):
            line, column = document.place(path)
            yield Finding(
                document.file,
                line,
                column,
                "warning",
                "dialling-doubtful",
                f"{number} lies in no range that its country has assigned.",
                "Look at the number again, digit by digit.",
            )


def telephones(directory: Directory) -> Iterator[tuple[Path_, str]]:
    """Every telephone that may be rung, with the path where it stands."""
    duty = directory.duty
    yield from _listed(("duty", "officers"), duty.officers)
    yield from _listed(("duty", "mediators"), duty.mediators)
    yield from _line(("duty",), duty.head, duty.director)
    for key, department in directory.departments.items():
        path: Path_ = ("departments", key)
        yield from _listed((*path, "numbers"), department.numbers)
        yield from _line(path, department.head, department.director)


def may_ring(directory: Directory, number: str) -> bool:
    """Whether a number that is in no file may be rung: by the same rules as those that are."""
    import phonenumbers

    try:
        phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return _refusal(number, directory.dialling.prefixes) is None


def _line(path: Path_, head: Post | None, director: Post | None) -> Iterator[tuple[Path_, str]]:
    for name, post in (("head", head), ("director", director)):
        yield from _listed((*path, name, "numbers"), post.numbers if post else [])


def _listed(path: Path_, numbers: list[str]) -> Iterator[tuple[Path_, str]]:
    for index, number in enumerate(numbers):
        yield (*path, index), number


def _refusal(number: str, prefixes: list[str]) -> tuple[str, str] | None:
    """Why a number is not rung, and what to do; None when it may be."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    if not number.startswith(tuple(prefixes)):
        allowed = ", ".join(prefixes)
        return f"{number} is not rung: allowed are {allowed}.", "Write the country in `dialling`."
    parsed = phonenumbers.parse(number)
    kind = phonenumbers.number_type(parsed)
    if parsed.country_code in SATELLITES:
        return f"{number} is a satellite telephone or an international network.", "Never rung."
    if kind in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST):
        return f"{number} costs extra.", "Put in an ordinary telephone."
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return f"{number} has a length that no telephone there has.", "Short numbers are not rung."
    return None


def _is_assigned(number: str) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(number))
