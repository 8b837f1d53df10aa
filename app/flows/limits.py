"""The provider's limits on what a step asks of the telephone (contract, sections 3 and 10)."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from app.flows.directives import Dial, Directive, Gather, JoinConference, Record, Say, Utterance

MOST_HINTS, LONGEST_HINT = 500, 100
MOST_TELEPHONES = 10
RINGING, TALK, RECORDING = (5, 600), (1, 14_400), (2, 14_400)  # seconds
LARGEST_DOCUMENT = 60_000  # bytes of texts; 64 kB are taken with the markup around them

Broken = tuple[str, str]


def broken_limits(directives: Sequence[Directive]) -> Iterator[Broken]:
    """The limits that a step breaks: the rule (`telephony-limit`, `hints`) and a sentence."""
    size = sum(map(_size, directives))
    if size > LARGEST_DOCUMENT:
        yield "telephony-limit", f"This step says {size:,} bytes; {LARGEST_DOCUMENT:,} are taken."
    for directive in directives:
        match directive:
            case Gather():
                yield from _question(directive)
            case Dial():
                yield from _dial(directive)
            case Record(limit=limit):
                yield from _within("A recording", limit, RECORDING)
            case JoinConference(limit=limit):
                yield from _within("A conference", limit, TALK)


def _question(gather: Gather) -> Iterator[Broken]:
    if len(gather.hints) > MOST_HINTS or any(len(hint) > LONGEST_HINT for hint in gather.hints):
        yield "hints", f"At most {MOST_HINTS} phrases of {LONGEST_HINT} letters can be expected."
    if any("," in hint for hint in gather.hints):
        yield "hints", "A phrase that is to be recognised must not hold a comma."
    if gather.timeout < 1 or (gather.digits is not None and gather.digits < 1):
        yield "telephony-limit", "A question must wait for a second and for a key at least."


def _dial(dial: Dial) -> Iterator[Broken]:
    yield from _within("Ringing", dial.timeout, RINGING)
    yield from _within("A conversation", dial.limit, TALK)
    if not 1 <= len(dial.numbers) <= MOST_TELEPHONES:
        count = len(dial.numbers)
        yield "telephony-limit", f"1 to {MOST_TELEPHONES} telephones can be rung, not {count}."


def _within(what: str, seconds: int, bounds: tuple[int, int]) -> Iterator[Broken]:
    least, most = bounds
    if not least <= seconds <= most:
        yield "telephony-limit", f"{what} takes {least} to {most:,} seconds, not {seconds:,}."


def _size(directive: Directive) -> int:
    """Bytes of a directive's texts as they stand in the document; a whisper travels in a URL."""
    if isinstance(directive, Dial):
        return len(directive.numbers) * sum(len(quote(part.text)) for part in directive.whisper)
    hints = directive.hints if isinstance(directive, Gather) else ()
    texts = (*(part.text for part in _spoken(directive)), *hints)
    return sum(len(text.encode()) for text in texts)


def _spoken(directive: Directive) -> tuple[Utterance, ...]:
    match directive:
        case Say(utterances):
            return utterances
        case Gather(prompts=prompts):
            return prompts
        case _:
            return ()
