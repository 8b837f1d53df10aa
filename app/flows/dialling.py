"""The telephones of a directory: those that are never rung are errors, doubtful ones warnings."""

from collections.abc import Iterator

from app.flows.directory import Dialling, Directory, Post
from app.flows.findings import Finding
from app.flows.numbering import NumberRefusal, is_placeholder, refused_as
from app.flows.source import Document, Path_

HOME_COUNTRY = "CN"  # of numbers that are typed without a country


def judge_numbers(directory: Directory, document: Document) -> Iterator[Finding]:
    """All findings about the telephones of a directory, each at the number."""
    for path, number in telephones(directory):
        refusal = refused_as(number, directory.dialling)
        if refusal is NumberRefusal.unassigned:
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
        elif refusal is not None:
            yield document.finding(
                path, "dialling", *why_not_rung(refusal, number, directory.dialling)
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
    for key, skill in directory.skills.items():
        yield from _listed(("skills", key, "numbers"), skill.numbers)


def dialled(keys: str) -> str:
    """What somebody typed as a telephone number, in E.164; unchanged where it is none."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(keys, HOME_COUNTRY)
    except phonenumbers.NumberParseException:
        return keys
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def may_ring(directory: Directory, number: str) -> bool:
    """Whether a number that somebody typed may be rung.

    One in no assigned range is a slip of the hand, unless it is known from the directory.
    """
    refusal = refused_as(number, directory.dialling)
    if refusal is not NumberRefusal.unassigned:
        return refusal is None
    return is_placeholder(number) or any(number == one for _, one in telephones(directory))


def _line(path: Path_, head: Post | None, director: Post | None) -> Iterator[tuple[Path_, str]]:
    for name, post in (("head", head), ("director", director)):
        yield from _listed((*path, name, "numbers"), post.numbers if post else [])


def _listed(path: Path_, numbers: list[str]) -> Iterator[tuple[Path_, str]]:
    for index, number in enumerate(numbers):
        yield (*path, index), number


def why_not_rung(refusal: NumberRefusal, number: str, dialling: Dialling) -> tuple[str, str]:
    """Why a number is not rung, and what to do."""
    match refusal:
        case NumberRefusal.country:
            allowed = ", ".join(dialling.prefixes)
            return (
                f"{number} is not rung: allowed are {allowed}.",
                "Write the country in `dialling`.",
            )
        case NumberRefusal.satellite:
            return f"{number} is a satellite telephone or an international network.", "Never rung."
        case NumberRefusal.premium:
            return f"{number} costs extra.", "Put in an ordinary telephone."
        case NumberRefusal.kind:
            allowed = ", ".join(dialling.kinds)
            return (
                f"{number} is of a kind that is not rung: allowed are {allowed}.",
                "Put in an ordinary telephone, or write its kind in `dialling`.",
            )
        case _:
            return (
                f"{number} has a length that no telephone there has.",
                "Short numbers are not rung.",
            )
