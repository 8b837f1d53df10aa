"""Spoken answers: which option was meant."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.flows.locale import Locale

_TRIMMED = " \t\n，。！？、,.!?;；:：\"'“”"
_WORD = re.compile(r"[\w']+")


def spoken_key(words: str, locale: Locale) -> str:
    """The key that was said as a word (`一`, `按一`, `one`), or empty."""
    bare = words.strip(_TRIMMED).lower()
    for leading in sorted(locale.before_key, key=len, reverse=True):
        bare = bare.removeprefix(leading.lower())
    for trailing in locale.after_key:
        bare = bare.removesuffix(trailing.lower())
    return locale.spoken_keys.get(bare.strip(), "")


def mentions(words: str, wanted: Sequence[str]) -> bool:
    """Whether any of the wanted words was said; those without Chinese must stand alone.

    Recognition writes marks between words: `fire, fire!` is said as `fire` is.
    """
    heard = words.lower()
    alone = _alone(heard)
    return any(word in heard if _is_han(word) else _alone(word.lower()) in alone for word in wanted)


def only_says(words: str, wanted: Sequence[str]) -> bool:
    """Whether nothing but the wanted words was said, as often as it may be: `喂，喂，你好`."""
    rest = words.lower()
    for word in sorted(wanted, key=len, reverse=True):
        rest = rest.replace(word.lower(), " ")
    return bool(_WORD.search(words)) and not _WORD.search(rest)


@lru_cache(maxsize=1_024)
def _alone(words: str) -> str:
    """Words with one space around each, and nothing else."""
    return f" {' '.join(_WORD.findall(words.lower()))} "


def chosen(words: str, options: Mapping[str, Sequence[str]], locale: Locale) -> str:
    """The option (by its key) whose words were said, or whose key was said; or empty.

    When the words of several options were said, the longest word decides.
    """
    key = spoken_key(words, locale)
    if key in options:
        return key
    hits = [
        (len(word), option)
        for option, wanted in options.items()
        for word in wanted
        if mentions(words, (word,))
    ]
    return max(hits)[1] if hits else ""


def _is_han(word: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in word)
