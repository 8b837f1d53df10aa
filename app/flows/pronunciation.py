"""How words are said that a voice would read wrongly: names of places, abbreviations, homographs.

The dictionary of a language stands in `pronunciation/<language>.yaml`, written form by written
form. It is laid over everything that is spoken in the language, and over nothing that is read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.flows.findings import Finding
from app.flows.source import Document, validation_findings

MOST_ENTRIES = 500
LONGEST = 40  # characters of a written form, and of what stands for it

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
# Syllables with their tones, as the voices read them (contract, section 3.1).
_SYLLABLES = re.compile(r"[a-zü]+[0-5]([ -][a-zü]+[0-5])*")


def _with_tones(value: str) -> str:
    if _SYLLABLES.fullmatch(value) is None:
        raise ValueError("write each syllable with the number of its tone, such as chong2 jian4")
    return value


Pinyin = Annotated[Short, AfterValidator(_with_tones)]
Ipa = Annotated[Short, StringConstraints(pattern=r"^[^<>&\"'\x00-\x1f]+$")]


class Saying(BaseModel):
    """How one written form is said: `alias` in other words, or by its sounds.

    The sounds count where the voice knows them, the alias everywhere else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    alias: Short | None = None
    pinyin: Pinyin | None = None
    ipa: Ipa | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.alias is None and self.pinyin is None and self.ipa is None:
            raise ValueError("write how it is said: `alias`, `pinyin` or `ipa`")
        if self.pinyin is not None and self.ipa is not None:
            raise ValueError("write the sounds once: `pinyin` or `ipa`")
        return self


Part = str | tuple[str, Saying]


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """The dictionary of one language: pairs of a written form and how it is said."""

    entries: tuple[tuple[str, Saying], ...] = ()
    _hash: int = field(init=False, compare=False, repr=False)
    _pattern: re.Pattern[str] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Utterances are keys of caches: hashing a dictionary at each step would cost more than it.
        object.__setattr__(self, "_hash", hash(self.entries))
        object.__setattr__(self, "_pattern", _finder([written for written, _ in self.entries]))

    def __hash__(self) -> int:
        return self._hash

    def parts(self, text: str) -> Iterator[Part]:
        """The text in pieces: plain ones, and written forms with how they are said."""
        if self._pattern is None:
            yield text
            return
        sayings, end = dict(self.entries), 0
        for match in self._pattern.finditer(text):
            if match.start() > end:
                yield text[end : match.start()]
            yield match.group(), sayings[match.group()]
            end = match.end()
        if end < len(text):
            yield text[end:]


def _finder(written: list[str]) -> re.Pattern[str] | None:
    """Finds the longest written form at each place; Latin words only where they stand alone."""
    if not written:
        return None
    longest_first = sorted(written, key=len, reverse=True)
    return re.compile("|".join(_alone(form) for form in longest_first))


def _alone(form: str) -> str:
    before = r"(?<![A-Za-z0-9])" if _is_latin(form[0]) else ""
    after = r"(?![A-Za-z0-9])" if _is_latin(form[-1]) else ""
    return f"{before}{re.escape(form)}{after}"


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


AS_WRITTEN = Pronunciation()


def read_pronunciation(document: Document, findings: list[Finding]) -> Pronunciation:
    """The dictionary of a file; what is wrong with it is added to `findings`."""
    value = document.value if document.value is not None else {}
    if not isinstance(value, dict):
        findings.append(
            document.finding(
                (), "pronunciation", "Write each word with how it is said: `重建: 虫建`."
            )
        )
        return AS_WRITTEN
    if len(value) > MOST_ENTRIES:
        sentence = f"There are {len(value)} words; at most {MOST_ENTRIES} are looked for."
        findings.append(document.finding((), "pronunciation", sentence))
        return AS_WRITTEN
    return Pronunciation(tuple(_entries(document, value, findings)))


def _entries(
    document: Document, value: Mapping[str, Any], findings: list[Finding]
) -> Iterator[tuple[str, Saying]]:
    for written, said in value.items():
        if not written.strip() or len(written) > LONGEST:
            sentence = f"A written form has 1 to {LONGEST} characters."
            findings.append(document.key_finding((written,), "pronunciation", sentence))
            continue
        try:
            yield written, Saying.model_validate({"alias": said} if isinstance(said, str) else said)
        except ValidationError as error:
            findings += validation_findings(document, (written,), error, Saying)
