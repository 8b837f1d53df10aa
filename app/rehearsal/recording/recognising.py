"""Which prompt a sentence was, and what of it may stand in a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.flows.library import FlowLibrary
from app.flows.prompts import Field
from app.flows.rehearsal.matching import ANYTHING

# Fields whose values belong to one call, or to somebody.
PASSING = ("ticket_number", "minutes", "place")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sentence as a transcript writes it, the prompt it comes from, and the prompt's fields."""

    words: str
    prompt: str
    language: str
    fields: dict[str, str]


class Recogniser:
    """Knows every prompt of a library in every language."""

    def __init__(self, library: FlowLibrary) -> None:
        self._known = [
            (key, tag, template, _pattern(template))
            for tag, prompts in library.prompts.by_language.items()
            for key, template in prompts.items()
        ]
        self._names = _names(library)

    def recognise(self, sentence: str) -> Recognised | None:
        """The prompt that says most of a sentence by itself; None for words of somebody's own."""
        found = list(self._found(" ".join(sentence.split())))
        return max(found, key=lambda one: (self._fits(one[0]), len(one[1])))[0] if found else None

    def alike(self, one: str, other: str) -> bool:
        """Whether two sentences say the same, but for what belongs to one call."""
        if " ".join(one.split()) == " ".join(other.split()):
            return True
        first, second = self.recognise(one), self.recognise(other)
        return first is not None and second is not None and first.words == second.words

    def _found(self, sentence: str) -> Iterator[tuple[Recognised, str]]:
        for key, tag, template, pattern in self._known:
            match = pattern.fullmatch(sentence)
            own = "".join(part for part in template if isinstance(part, str))
            if match is None or not any(letter.isalnum() for letter in own):
                continue
            values = match.groups()
            names = [part.name for part in template if isinstance(part, Field)]
            fields = dict(zip(names, values, strict=True))
            yield Recognised(_written(template, values), key, tag, fields), own

    def _fits(self, recognised: Recognised) -> bool:
        """Whether what stands in its fields is of their kind: a language, a category, a title."""
        fields = recognised.fields.items()
        return all(value in self._names.get(name, (value,)) for name, value in fields)


def _names(library: FlowLibrary) -> dict[str, set[str]]:
    """What can stand in a field that names something: many prompts say “…, press 1”."""
    directory, articles, tags = library.directory, library.articles, library.languages
    return {
        "language": {directory.language_name(tag) for tag in tags},
        "department": {
            directory.department_name(key, tag) for key in directory.departments for tag in tags
        },
        "category": {
            directory.category_name(key, tag) for key in directory.categories for tag in tags
        },
        "title": {articles.read(key, tag).title for tag in tags for key in list(articles.keys())},
    }


def _pattern(template: tuple[str | Field, ...]) -> re.Pattern[str]:
    parts = ["(.*?)" if isinstance(part, Field) else re.escape(part) for part in template]
    return re.compile("".join(parts))


def _written(template: tuple[str | Field, ...], values: tuple[str, ...]) -> str:
    """The sentence, with `…` for what belongs to one call."""
    given = iter(values)
    written = ""
    for part in template:
        if isinstance(part, str):
            written += part
            continue
        value = next(given)
        written += ANYTHING if part.name in PASSING else value
    return written
