"""Spoken answers: which option was meant."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

# How people say a key. The longer words come first, so that 十一 is not heard as 一.
_SPOKEN_KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "1": ("一", "幺", "1"),
        "2": ("二", "两", "2"),
        "3": ("三", "3"),
        "4": ("四", "4"),
        "5": ("五", "5"),
        "6": ("六", "6"),
        "7": ("七", "7"),
        "8": ("八", "8"),
        "9": ("九", "9"),
        "0": ("零", "0"),
    },
    "en-US": {
        "1": ("one", "1"),
        "2": ("two", "2"),
        "3": ("three", "3"),
        "4": ("four", "4"),
        "5": ("five", "5"),
        "6": ("six", "6"),
        "7": ("seven", "7"),
        "8": ("eight", "8"),
        "9": ("nine", "9"),
        "0": ("zero", "0"),
    },
}
_TRIMMED = " \t\n，。！？、,.!?;；:：\"'“”"
_WORD = re.compile(r"[\w']+")
_LEADING = ("我要按", "请按", "我按", "我选", "按", "选", "第", "press ", "number ", "option ")
_TRAILING = ("号", "键", "个")


def spoken_key(words: str, language: str) -> str:
    """The key that was said as a word (`一`, `按一`, `one`), or empty."""
    bare = words.strip(_TRIMMED).lower()
    for leading in _LEADING:
        bare = bare.removeprefix(leading)
    for trailing in _TRAILING:
        bare = bare.removesuffix(trailing)
    for key, spoken in _SPOKEN_KEYS.get(language, {}).items():
        if bare in spoken:
            return key
    return ""


def mentions(words: str, wanted: Sequence[str]) -> bool:
    """Whether any of the wanted words was said; English words must stand alone.

    Recognition writes marks between words: `fire, fire!` is said as `fire` is.
    """
    heard = words.lower()
    alone = _alone(heard)
    return any(
        _alone(word.lower()) in alone if word.isascii() else word in heard for word in wanted
    )


@lru_cache(maxsize=1_024)
def _alone(words: str) -> str:
    """English words with one space around each, and nothing else."""
    return f" {' '.join(_WORD.findall(words.lower()))} "


def chosen(words: str, options: Mapping[str, Sequence[str]], language: str) -> str:
    """The option (by its key) whose words were said, or whose key was said; or empty.

    When the words of several options were said, the longest word decides.
    """
    key = spoken_key(words, language)
    if key in options:
        return key
    hits = [
        (len(word), option)
        for option, wanted in options.items()
        for word in wanted
        if mentions(words, (word,))
    ]
    return max(hits)[1] if hits else ""
