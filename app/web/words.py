"""The words of pages: one YAML file per area, each text in Chinese with English beside it.

What depends on a number stands in both forms: `{count} {count:ticket|tickets}`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

APP = Path(__file__).resolve().parent.parent
CHINESE, ENGLISH = "zh-CN", "en-US"
LANGUAGES = (CHINESE, ENGLISH)
_COLUMNS = {CHINESE: "zh", ENGLISH: "en"}
_NUMBERED = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")


class WordsError(Exception):
    """A words file is not as it must be; the text names file and key."""


class Words:
    """All texts of all pages. `words.of(language)("desk.title", count=3)` is one of them."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self.texts = texts

    def say(self, key: str, language: str, **fields: object) -> str:
        """The text of a key, with its `{fields}` filled in. Raises KeyError for an unknown key."""
        text = self.unfilled(key, language, fields)
        return text.format_map(fields) if fields else text

    def unfilled(self, key: str, language: str, fields: Mapping[str, object]) -> str:
        """The text of a key with its `{fields}` still open, one or many as the fields say."""
        text = self.texts[key][_COLUMNS.get(language, "zh")]
        return _numbered(text, fields) if "|" in text else text

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.texts


@lru_cache(maxsize=1)
def all_words() -> Words:
    """The words of every area (`app/*/words/<area>.yaml`), read once per process."""
    texts: dict[str, Mapping[str, str]] = {}
    for path in sorted(APP.glob("*/words/*.yaml")):
        texts.update(_area(path))
    return Words(texts)


def _area(path: Path) -> dict[str, Mapping[str, str]]:
    source: dict[str, Any] = YAML(typ="safe").load(path) or {}
    for key, pair in source.items():
        if not isinstance(pair, dict) or set(pair) != {"zh", "en"}:
            raise WordsError(f"{path.name}: {key} must have the texts `zh` and `en`")
    return {f"{path.stem}.{key}": pair for key, pair in source.items()}


def _numbered(text: str, fields: Mapping[str, object]) -> str:
    def form(found: re.Match[str]) -> str:
        field, one, many = found.groups()
        return one if str(fields[field]) == "1" else many

    return _NUMBERED.sub(form, text)
