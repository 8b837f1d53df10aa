"""The marks within a Say: how fast it is spoken, and how single words are said.

Support differs between providers (contract, section 3.1). Where it is not certain that a voice
knows a mark, the text itself carries what can be carried: a word is replaced by how it is said, and
a rate is left out.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from app.flows.directives import Utterance
from app.flows.pronunciation import Part, Saying

Markup = Callable[[str], str]  # text to what stands in a Say


class Marks(NamedTuple):
    """What a voice understands: `prosody` with `sub`, and which alphabets of `phoneme`."""

    prosody: bool = False
    alphabets: frozenset[str] = frozenset()


NONE = Marks()
# The conversational voices of either provider read marks aloud or ignore them: none are sent.
_KNOWN = (
    (re.compile(r"Polly\.Zhiyu(-Neural)?"), Marks(True, frozenset({"x-amazon-pinyin"}))),
    (re.compile(r"Polly\.[A-Z][a-z]+(-Neural)?"), Marks(True, frozenset({"ipa"}))),
    (re.compile(r"Google\.[a-z]{2,3}-[A-Z]{2}-(Standard|Wavenet|Neural2)-[A-Z]"), Marks(True)),
)


@lru_cache(maxsize=64)
def marks_of(voice: str) -> Marks:
    """The marks that a voice is sure to understand."""
    return next((marks for pattern, marks in _KNOWN if pattern.fullmatch(voice)), NONE)


def inner_markup(utterance: Utterance, escape: Callable[[str], str]) -> Markup:
    """How text of this utterance is written within its Say; `escape` makes text harmless."""
    language = utterance.language
    marks = marks_of(language.voice)
    rate = (utterance.rate or language.rate) if marks.prosody else ""

    def markup(text: str) -> str:
        written = "".join(
            [_part(part, marks, escape) for part in language.pronunciation.parts(text)]
        )
        return f'<prosody rate="{escape(rate)}">{written}</prosody>' if rate else written

    return markup


def _part(part: Part, marks: Marks, escape: Callable[[str], str]) -> str:
    if isinstance(part, str):
        return escape(part)
    written, saying = part
    alphabet, sounds = _sounds(saying)
    if alphabet in marks.alphabets:
        return f'<phoneme alphabet="{alphabet}" ph="{escape(sounds)}">{escape(written)}</phoneme>'
    alias = escape(saying.alias or "")
    if not alias.strip():
        return escape(written)
    return f'<sub alias="{alias}">{escape(written)}</sub>' if marks.prosody else alias


def _sounds(saying: Saying) -> tuple[str, str]:
    """The alphabet of `phoneme` and the sounds, both empty when none are given."""
    if saying.pinyin is not None:
        return "x-amazon-pinyin", saying.pinyin
    return ("ipa", saying.ipa) if saying.ipa is not None else ("", "")
