"""Whether something was heard: prompts by their keys, words with `…` for anything between."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.flows.library import FlowLibrary
from app.flows.prompts import Field
from app.flows.rehearsal.transcript import PROMPT_KEY
from app.flows.rehearsal.turns import Utterance

ANYTHING = "…"
_PART = re.compile(r"(…|\{[a-z_]+\})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that must (or must not) be heard.

    `written` is what stands in the transcript, `text` what it sounds like, with `…` where anything
    may stand. A prompt is one utterance as a whole; words are a part of one.
    """

    written: str
    text: str
    is_prompt: bool
    pattern: re.Pattern[str]

    def is_in(self, utterance: Utterance) -> bool:
        """Whether this utterance is it."""
        said = _plain(utterance.text)
        found = self.pattern.fullmatch(said) if self.is_prompt else self.pattern.search(said)
        return found is not None


def wanted(written: str, language: str, library: FlowLibrary, known: Mapping[str, str]) -> Wanted:
    """What a line of a transcript stands for in a language."""
    is_prompt = PROMPT_KEY.fullmatch(written) is not None
    text = _plain(_prompt(written, language, library) if is_prompt else _filled(written, known))
    parts = [".*" if part == ANYTHING else re.escape(part) for part in _PART.split(text)]
    return Wanted(written, text, is_prompt, re.compile("".join(parts)))


def shape(key: str, language: str, library: FlowLibrary) -> str:
    """What a prompt sounds like, `…` for each of its fields."""
    return _plain(_prompt(key, language, library))


def _prompt(key: str, language: str, library: FlowLibrary) -> str:
    """As a caller hears it: in the default language when there is no translation."""
    by_language = library.prompts.by_language
    template = by_language.get(language, {}).get(key)
    if template is None:
        template = by_language[library.default_language][key]
    return "".join(ANYTHING if isinstance(part, Field) else part for part in template)


def _filled(words: str, known: Mapping[str, str]) -> str:
    """Words with their fields as they are spoken; one that is not known may be anything."""
    return _PART.sub(lambda part: _spoken(part.group(), known), words)


def _spoken(part: str, known: Mapping[str, str]) -> str:
    value = known.get(part.strip("{}"), "")
    return " ".join(value) if value else ANYTHING


def _plain(text: str) -> str:
    return " ".join(text.split())
