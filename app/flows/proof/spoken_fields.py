"""Which fields of prompts are given where they are spoken: noted while a walk speaks them."""

from collections.abc import Iterator, Mapping

from app.flows.library import Prompts
from app.flows.prompts import Field


class WatchedPrompts(Prompts):
    """Prompts that note every field that was not given when a prompt was spoken."""

    _lacking: dict[tuple[str, str], set[str]]

    def __init__(self, prompts: Prompts) -> None:
        super().__init__(prompts.by_language, prompts.default_language)
        object.__setattr__(self, "_lacking", {})

    def text(self, key: str, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """The spoken text and its language, as `Prompts` gives them."""
        text, tag = super().text(key, language, values)
        for part in self.by_language[tag][key]:
            if isinstance(part, Field) and part.name not in values:
                self._lacking.setdefault((tag, key), set()).add(part.name)
        return text, tag

    def lacking(self) -> Iterator[tuple[str, str, list[str]]]:
        """Language, key and the fields not given, for each prompt that lacks one."""
        for (language, key), fields in sorted(self._lacking.items()):
            yield language, key, sorted(fields)
