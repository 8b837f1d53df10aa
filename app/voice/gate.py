"""The last gate: nothing leaves that a telephone network would refuse (threat T3).

It judges the final text, by parsing it anew, whoever made it.
"""

from functools import lru_cache
from urllib.parse import quote
from xml.parsers import expat

from app.flows.voices import GATHER_LANGUAGES, SAY_LANGUAGES
from app.voice.vocabulary import (
    ATTRIBUTES,
    CHILDREN,
    LARGEST_DOCUMENT,
    LONGEST_BASIC,
    LONGEST_GOOGLE,
    LONGEST_POLLY,
    LONGEST_SAY,
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
        self._text: list[str] = []
        self._voice = ""

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
        if name == "Say":
            self._voice = attributes.get("voice", "")
            _check_say(attributes.get("language", ""), self._voice)
        elif name == "Gather" and attributes.get("language", "en-US") not in GATHER_LANGUAGES:
            raise RefusedDocumentError(f"Gather does not know {attributes['language']}")
        self.seen = True
        self._open.append(name)
        self._text = []

    def end(self, name: str) -> None:
        if name in TEXT_ELEMENTS:
            text = "".join(self._text)
            if name != "Redirect" and not text.strip():
                raise RefusedDocumentError(f"{name} is empty")
            if name == "Say":
                _check_length(text, self._voice)
        self._open.pop()
        self._text = []

    def characters(self, text: str) -> None:
        if self._open[-1] not in TEXT_ELEMENTS and text.strip():
            raise RefusedDocumentError(f"text in {self._open[-1]}")
        self._text.append(text)


@lru_cache(maxsize=256)
def _check_say(language: str, voice: str) -> None:
    if language not in SAY_LANGUAGES:
        raise RefusedDocumentError(f"Say does not know {language or 'no language'}")
    if not voice.startswith(VOICE_PREFIXES):
        raise RefusedDocumentError(f"unknown voice {voice}")


@lru_cache(maxsize=2_048)
def _check_length(text: str, voice: str) -> None:
    if voice.startswith("Polly."):
        longest = LONGEST_POLLY
    else:
        longest = LONGEST_GOOGLE if voice.startswith("Google.") else LONGEST_BASIC
    if len(text) > longest or len(quote(text)) > LONGEST_SAY:
        raise RefusedDocumentError(f"Say with {len(text)} characters is too long")
