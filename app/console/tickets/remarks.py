"""What the system remarks on a ticket, in the reader's language: the notes themselves are codes."""

import re
from collections.abc import Callable, Sequence

from app.console.calls.places import Places
from app.console.naming import Names

Say = Callable[[re.Match[str], Names, Places], str]


def remark(note: str, names: Names, places: Places) -> str:
    """A note as a sentence; one that nobody knows is shown as it stands."""
    for pattern, say in _KNOWN:
        found = pattern.fullmatch(note)
        if found:
            return say(found, names, places)
    return note


def _missed(found: re.Match[str], names: Names, places: Places) -> str:
    outcome = names.say(f"calls.outcome.{found[1]}")
    if not found[2]:
        return names.say("ticket.remark.missed", outcome=outcome)
    place = places.name(found[2])
    return names.say("ticket.remark.missed_at", outcome=outcome, place=place)


def _mediation(found: re.Match[str], names: Names, _places: Places) -> str:
    return names.say(
        "ticket.remark.mediation", reason=names.say(f"ticket.remark.reason.{found[1]}")
    )


def _fixed(key: str) -> Say:
    return lambda _found, names, _places: names.say(key)


REASONS = ("refused", "no_answer", "machine", "mediator_unavailable", "caller_left", "unknown")
_KNOWN: Sequence[tuple[re.Pattern[str], Say]] = (
    (re.compile(r"missed call: (unanswered|abandoned)(?: at (\S+))?"), _missed),
    (re.compile(rf"mediation: ({'|'.join(REASONS)})"), _mediation),
    (re.compile("left while the service was not itself"), _fixed("ticket.remark.offline")),
    (re.compile("asked to be called back on the portal"), _fixed("ticket.remark.portal")),
    (
        re.compile(r"the text carried (\d+) pictures"),
        lambda found, names, _places: names.say("ticket.remark.pictures", count=found[1]),
    ),
)
