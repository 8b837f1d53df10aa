"""What a page says of each prompt: its number, and how it is heard in each language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from app.flows.library import FlowLibrary
from app.flows.prompt_list import ListedPrompt, listed_prompt, prompt_keys
from app.prompt_audio import queries
from app.prompt_audio.queries import Take

State = Literal["missing", "out_of_date", "recorded", "spoken"]
StateFilter = State | Literal[""]
STATES: tuple[State, ...] = ("missing", "out_of_date", "recorded", "spoken")


@dataclass(frozen=True, slots=True)
class HeardPrompt:
    """A prompt in one language; `take` is what somebody spoke, as long as it is in force."""

    listed: ListedPrompt
    take: Take | None

    @property
    def take_is_played(self) -> bool:
        """Whether callers hear the take: it says what the text says."""
        return self.take is not None and self.take.words == self.listed.text

    @property
    def audio(self) -> str:
        """The SHA-256 of the file that callers hear; empty when the text is spoken."""
        if self.take is not None and self.take_is_played:
            return self.take.sha256
        return self.listed.audio

    @property
    def state(self) -> State:
        """The one thing to know about it first."""
        if self.listed.is_missing:
            return "missing"
        file_is_silent = bool(self.listed.file and not self.listed.audio)
        if (self.take and not self.take_is_played) or (file_is_silent and not self.audio):
            return "out_of_date"
        return "recorded" if self.audio else "spoken"


@dataclass(frozen=True, slots=True)
class PromptLine:
    """A prompt in the languages that were asked for; `number` is 0 until it has one."""

    key: str
    number: int
    heard: tuple[HeardPrompt, ...]

    @property
    def group(self) -> str:
        """The first word of its key: prompts that belong together share it."""
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the list is wanted, as the address says; empty is everything."""

    language: str = ""
    state: StateFilter = ""
    words: str = ""

    @property
    def active(self) -> dict[str, str]:
        """The filters in force, by their names in the address."""
        given = {"language": self.language, "state": self.state, "q": self.words}
        return {name: value for name, value in given.items() if value}


def prompt_lines(connection: Connection, library: FlowLibrary, wish: Wish) -> list[PromptLine]:
    """The prompts that are wanted, those of one flow together."""
    tags = [wish.language] if wish.language else list(library.directory.languages)
    lines = _lines(connection, library, prompt_keys(library), tags)
    fitting = [
        replace(line, heard=tuple(one for one in line.heard if _fits(one, wish))) for line in lines
    ]
    return [line for line in fitting if line.heard]


def prompt_line(connection: Connection, library: FlowLibrary, key: str) -> PromptLine:
    """One prompt in every language."""
    return next(_lines(connection, library, [key], list(library.directory.languages)))


def _lines(
    connection: Connection, library: FlowLibrary, keys: Sequence[str], tags: Sequence[str]
) -> Iterator[PromptLine]:
    takes = {(take.prompt, take.language): take for take in queries.in_force(connection)}
    numbers = queries.numbers_of(connection)
    for key in keys:
        listed = [listed_prompt(library, key, tag) for tag in tags]
        heard = tuple(HeardPrompt(one, takes.get((key, one.language))) for one in listed)
        yield PromptLine(key, numbers.get(key, 0), heard)


def _fits(one: HeardPrompt, wish: Wish) -> bool:
    """Whether a prompt in a language is what was asked for."""
    searched = f"{one.listed.key}\n{one.listed.text}".casefold()
    return wish.state in ("", one.state) and wish.words.casefold() in searched
