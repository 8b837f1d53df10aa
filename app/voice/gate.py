"""The last gate: nothing leaves that a telephone network would refuse (threat T3).

It judges the final text, by parsing it anew, whoever made it.
"""

from functools import lru_cache
from urllib.parse import quote
from xml.parsers import expat

from app.flows.voices import GATHER_LANGUAGES, SAY_LANGUAGES
from app.voice.ssml import marks_of
from app.voice.vocabulary import (
    ATTRIBUTES,
    CHILDREN,
    LARGEST_DOCUMENT,
    LONGEST_BASIC,
    LONGEST_GOOGLE,
    LONGEST_POLLY,
    LONGEST_SAY,
    OWN_AUDIO,
    RATE,
    SPEECH_MARKS,
    TEXT_ELEMENTS,
    VOICE_PREFIXES,
)


class RefusedDocumentError(Exception):
    """The document breaks a rule of TwiML; the text says which."""


def judge(text: str) -> str:
    """The document itself, when it may be sent. Raises RefusedDocumentError.

    The number of the step in an action URL tells callers apart and cannot break a rule, so texts
    that differ in nothing else are judged once.
    """
    before, mark, after = text.partition("&amp;step=")
    _judge(before + mark + after.lstrip("0123456789"))
    return text


@lru_cache(maxsize=2_048)
def _judge(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > LARGEST_DOCUMENT:
        raise RefusedDocumentError(f"{len(data)} bytes are more than TwiML may have")
    inspection = _Inspection()
    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = inspection.start
    parser.EndElementHandler = inspection.end
    parser.CharacterDataHandler = inspection.characters
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RefusedDocumentError(f"not well-formed: {error}") from error
    if not inspection.seen:
        raise RefusedDocumentError("no Response")


class _Inspection:
    """Walks through a document and raises at the first thing that may not be there."""

    def __init__(self) -> None:
        self.seen = False
        self._open: list[str] = []
        self._texts: list[list[str]] = []  # of each open element, what is spoken in its marks too
        self._caller_id = ""  # of the present Dial
        self._voice = ""
        self._marked: list[str] = []  # what stands in the present Say, marks and all

    def start(self, name: str, attributes: dict[str, str]) -> None:
        allowed = ATTRIBUTES.get(name)
        if allowed is None:
            raise RefusedDocumentError(f"unknown element {name}")
        if not self._open:
            if name != "Response":
                raise RefusedDocumentError(f"{name} is not Response")
        elif name not in CHILDREN.get(self._open[-1], ()):
            raise RefusedDocumentError(f"{name} may not stand in {self._open[-1]}")
        unknown = attributes.keys() - allowed
        if unknown:
            raise RefusedDocumentError(f"{name} has no attribute {min(unknown)}")
        if name in ("Dial", "Number", "Client"):
            self._dial(name, attributes)
        elif name == "Say":
            self._voice = attributes.get("voice", "")
            self._marked = []
            _check_say(attributes.get("language", ""), self._voice)
        elif name in SPEECH_MARKS:
            _check_mark(name, tuple(attributes.items()), self._voice)
            written = "".join([f' {key}="{value}"' for key, value in attributes.items()])
            self._marked.append(f"<{name}{written}>")
        elif name == "Gather" and attributes.get("language", "en-US") not in GATHER_LANGUAGES:
            raise RefusedDocumentError(f"Gather does not know {attributes['language']}")
        self.seen = True
        self._open.append(name)
        self._texts.append([])

    def _dial(self, name: str, attributes: dict[str, str]) -> None:
        """Whoever is dialled sees our number, and no conversation goes on for ever (threat T1)."""
        if name == "Dial":
            self._caller_id = attributes.get("callerId", "")
            if not attributes.get("timeLimit"):
                raise RefusedDocumentError("Dial without a time limit")
        elif not self._caller_id:
            raise RefusedDocumentError("Dial of a number without a caller ID of ours")

    def end(self, name: str) -> None:
        self._open.pop()
        text = "".join(self._texts.pop())
        if name in TEXT_ELEMENTS and name != "Redirect" and not text.strip():
            raise RefusedDocumentError(f"{name} is empty")
        if name in SPEECH_MARKS:
            self._marked.append(f"</{name}>")
            self._texts[-1].append(text)
        elif name == "Say":
            _check_length(text, "".join(self._marked), self._voice)
        elif name == "Play" and OWN_AUDIO.fullmatch(text) is None:
            raise RefusedDocumentError("Play of what is not our own")

    def characters(self, text: str) -> None:
        if self._open[-1] not in TEXT_ELEMENTS and text.strip():
            raise RefusedDocumentError(f"text in {self._open[-1]}")
        self._texts[-1].append(text)
        self._marked.append(text)


@lru_cache(maxsize=256)
def _check_say(language: str, voice: str) -> None:
    if language not in SAY_LANGUAGES:
        raise RefusedDocumentError(f"Say does not know {language or 'no language'}")
    if not voice.startswith(VOICE_PREFIXES):
        raise RefusedDocumentError(f"unknown voice {voice}")


@lru_cache(maxsize=2_048)
def _check_mark(name: str, attributes: tuple[tuple[str, str], ...], voice: str) -> None:
    """A mark within a Say: whole, and of a voice that understands it."""
    given, marks = dict(attributes), marks_of(voice)
    known = given.get("alphabet") in marks.alphabets if name == "phoneme" else marks.prosody
    if not known:
        raise RefusedDocumentError(f"{voice} may not understand {name}")
    if given.keys() != ATTRIBUTES[name] or not all(given.values()):
        raise RefusedDocumentError(f"{name} is not whole")
    if name == "prosody" and RATE.fullmatch(given["rate"]) is None:
        raise RefusedDocumentError(f"no rate: {given['rate']}")


@lru_cache(maxsize=2_048)
def _check_length(text: str, marked: str, voice: str) -> None:
    if voice.startswith("Polly."):
        counted, longest = text, LONGEST_POLLY
    elif voice.startswith("Google."):
        counted, longest = marked, LONGEST_GOOGLE
    else:
        counted, longest = text, LONGEST_BASIC
    if len(counted) > longest or len(quote(marked)) > LONGEST_SAY:
        raise RefusedDocumentError(f"Say with {len(counted)} characters is too long")
