"""TwiML read back into what a telephone hears. Pure.

The documents are those we answered with and kept; one that cannot be read is nothing heard.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

SoundKind = Literal["said", "played", "listens", "beep", "rings", "joins", "hangs_up"]
HEARD: tuple[SoundKind, ...] = ("said", "played")


@dataclass(frozen=True, slots=True)
class Sound:
    """One thing that a telephone hears or does.

    `text` is what is said (sentences by line), what is heard in the file that is played, or the
    conference that is joined; `language` is as Twilio names it. A telephone that `listens` waits
    for `digits` keys (None: until a key ends it), or for words too when `speech` is set. It
    `rings` the `numbers`.
    """

    kind: SoundKind
    text: str = ""
    language: str = ""
    digits: int | None = None
    speech: bool = False
    numbers: tuple[str, ...] = ()


def sounds_of(answer: str) -> tuple[Sound, ...]:
    """What one answer makes a telephone hear, in order; empty for a document that is none."""
    try:
        document = ElementTree.fromstring(answer, _with_comments())  # noqa: S314 - our own, judged
    except ElementTree.ParseError:
        return ()
    return tuple(_joined(_all_sounds(document)))


def asked_in(answer: str) -> Sound | None:
    """The question that an answer ends with: what the telephone listens for, when it does."""
    return next((sound for sound in sounds_of(answer) if sound.kind == "listens"), None)


def _with_comments() -> ElementTree.XMLParser:
    """The words of an audio file stand beside it in a comment."""
    return ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))  # noqa: S314


def _all_sounds(parent: ElementTree.Element) -> Iterator[Sound]:
    words = ""
    for verb in parent:
        tag: object = verb.tag  # of a comment, the function that makes one
        if tag is ElementTree.Comment:
            words = " ".join((verb.text or "").split())
        else:
            yield from _sounds(verb, words)
            words = ""


def _text_of(verb: ElementTree.Element) -> str:
    """The words in an element, those in its marks included."""
    return " ".join("".join(verb.itertext()).split())


def _sounds(verb: ElementTree.Element, words: str) -> Iterator[Sound]:
    match verb.tag:
        case "Say":
            text = _text_of(verb)
            if text:
                yield Sound("said", text, verb.get("language", ""))
        case "Play":
            language, _, heard = words.partition(" ")
            yield Sound("played", heard or _text_of(verb), language)
        case "Gather":
            yield from _all_sounds(verb)
            yield Sound("listens", digits=_digits(verb), speech="speech" in verb.get("input", ""))
        case "Record":
            yield Sound("beep")
        case "Dial":
            yield from _dialled(verb)
        case "Hangup" | "Reject":
            yield Sound("hangs_up")


def _dialled(dial: ElementTree.Element) -> Iterator[Sound]:
    numbers = tuple((number.text or "").strip() for number in dial.iter("Number"))
    if numbers:
        yield Sound("rings", numbers=numbers)
    for conference in dial.iter("Conference"):
        yield Sound("joins", (conference.text or "").strip())


def _digits(gather: ElementTree.Element) -> int | None:
    written = gather.get("numDigits", "")
    return int(written) if written.isdigit() else None


def _joined(sounds: Iterator[Sound]) -> Iterator[Sound]:
    """Sentences of one language that follow each other, as one."""
    before: Sound | None = None
    for sound in sounds:
        if (
            before is not None
            and (before.kind, sound.kind) == ("said", "said")
            and before.language == sound.language
        ):
            before = Sound("said", f"{before.text}\n{sound.text}", sound.language)
            continue
        if before is not None:
            yield before
        before = sound
    if before is not None:
        yield before
