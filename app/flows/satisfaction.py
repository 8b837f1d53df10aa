"""The caller's word about a resolved ticket: by key, by speech or by text.

The longest words heard decide, so 不满意 is never heard as 满意.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from app.flows.inputs import Input, Pressed, Spoke
from app.flows.locale import Locale
from app.flows.words import chosen

Satisfaction = Literal["satisfied", "not_satisfied", "not_settled"]

BY_KEY: Mapping[str, Satisfaction] = dict(zip("123", get_args(Satisfaction), strict=True))

_TRIMMED = " \t\r\n。.!！,，、“”\"'「」【】()（）"


def word_of(given: Input, locale: Locale) -> Satisfaction | None:
    """The word that was pressed or said (`2`, `不满意`, `三`, `not settled`), or None."""
    if isinstance(given, Spoke):
        return BY_KEY.get(chosen(given.words, locale.satisfaction, locale))
    return BY_KEY.get(given.digits) if isinstance(given, Pressed) else None


def written_word(text: str, locales: Iterable[Locale]) -> tuple[Satisfaction | None, str]:
    """The word of a text message in any of the languages, and what else it says.

    The word comes first, alone or set off by a mark or a space: `2`, `不满意！`, `3，水又停了`.
    A text that holds such a word further on may mean something quite different: it has none.
    """
    said = {key: key for key in BY_KEY}
    for locale in locales:
        said |= {word.lower(): key for key, words in locale.satisfaction.items() for word in words}
    # The longest first, so that `not satisfied` is read as a whole.
    for word in sorted(said, key=len, reverse=True):
        rest = _behind(text.strip(_TRIMMED), word)
        if rest is not None:
            return BY_KEY[said[word]], rest
    return None, ""


def _behind(text: str, word: str) -> str | None:
    """What follows a word at the beginning of a text; None when it does not stand there alone."""
    written = " ".join(text.split())
    if not written.lower().startswith(word):
        return None
    rest = written[len(word) :]
    if rest and rest[0] not in _TRIMMED + "：:;；":
        return None
    return rest.strip(_TRIMMED + "：:;；")
