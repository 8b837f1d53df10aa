"""What a node sees while it acts: its flow, the call's state, the world, and how to speak."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from app.flows.context import ArticleText, Context
from app.flows.directives import Gather, Language, Say, Utterance
from app.flows.hours import COUNTY_TIME
from app.flows.inputs import Input, Pressed, Spoke
from app.flows.locale import Locale
from app.flows.opening import county_day
from app.flows.state import State
from app.flows.words import chosen
from app.flows.written import written_in

if TYPE_CHECKING:
    from app.flows.library import FlowLibrary


@dataclass(frozen=True)
class Scene:
    """One moment of one call."""

    library: "FlowLibrary"
    state: State
    context: Context

    @cached_property
    def language(self) -> Language:
        """The language the caller has chosen."""
        return self.library.language(self.state.language)

    @property
    def locale(self) -> Locale:
        """What belongs to that language besides its prompts."""
        return self.library.locale(self.state.language)

    def moment(self, at: datetime) -> dict[str, str]:
        """The fields `day` and `time` of a prompt, as they are said in the caller's language."""
        local = at.astimezone(COUNTY_TIME)
        dates = self.locale.dates
        day = dates.say_day(local.date(), county_day(self.context.now))
        return {"day": day, "time": dates.say_time(local)}

    def at(self, state: State) -> "Scene":
        """The same moment with the call in another state."""
        return Scene(self.library, state, self.context)

    def variable(self, name: str) -> str:
        """A variable of the call, empty when it was never set."""
        return self.state.variables.get(name, "")

    def prompt(self, key: str, values: Mapping[str, str] | None = None) -> tuple[Utterance, ...]:
        """A prompt spoken in the caller's language, its fields filled."""
        spoken = self.library.utterance(key, self.state.language, values)
        return (spoken,) if spoken.text.strip() else ()

    def in_every_language(
        self, key: str, values: Mapping[str, str] | None = None
    ) -> tuple[Utterance, ...]:
        """A prompt in each language that has it, the caller's first: nobody has chosen one yet."""
        return self._in((self.state.language, *self._other_languages), key, values)

    def in_other_languages(
        self, key: str, values: Mapping[str, str] | None = None
    ) -> tuple[Utterance, ...]:
        """A prompt in each language that has it but the caller's own, each in its own voice."""
        return self._in(self._other_languages, key, values)

    @property
    def _other_languages(self) -> tuple[str, ...]:
        return tuple(tag for tag in self.library.languages if tag != self.state.language)

    def _in(
        self, tags: Sequence[str], key: str, values: Mapping[str, str] | None
    ) -> tuple[Utterance, ...]:
        spoken = [(tag, self.library.utterance(key, tag, values)) for tag in tags]
        return tuple(
            utterance
            for tag, utterance in spoken
            if utterance.language.tag == tag and utterance.text.strip()
        )

    def written(self, text: str) -> tuple[Utterance, ...]:
        """A text that somebody wrote, in the voice of the language it is written in."""
        tag = written_in(text, self.state.language, self.library.scripts)
        return (Utterance(text, self.library.language(tag)),) if text.strip() else ()

    def read(self, article: ArticleText, text: str) -> tuple[Utterance, ...]:
        """A text of an article, in the voice of the language it is written in."""
        voice = self.library.language(article.language or self.state.language)
        return (Utterance(text, voice),) if text.strip() else ()

    def say(self, key: str, values: Mapping[str, str] | None = None) -> tuple[Say, ...]:
        """The directive that speaks a prompt."""
        spoken = self.prompt(key, values)
        return (Say(spoken),) if spoken else ()

    def gather(
        self,
        prompts: tuple[Utterance, ...],
        *,
        digits: int | None = 1,
        finish: str = "",
        timeout: int = 8,
        speech: bool = False,
        hints: tuple[str, ...] = (),
    ) -> Gather:
        """The directive that asks, in the caller's language."""
        return Gather(prompts, self.language, digits, finish, timeout, speech, hints)

    def article(self, key: str) -> ArticleText:
        """A policy article in the caller's language."""
        return self.context.articles.read(key, self.state.language)

    def department(self, key: str) -> str:
        """A department's name in the caller's language."""
        return self.library.directory.department_name(key, self.state.language)

    def category(self, key: str) -> str:
        """A category's name in the caller's language."""
        return self.library.directory.category_name(key, self.state.language)

    def picked(self, given: Input, names: Sequence[str]) -> int | None:
        """Which of the numbered names was chosen, by its key or by saying it; from 0, or None."""
        key = ""
        if isinstance(given, Pressed):
            key = given.digits
        elif isinstance(given, Spoke):
            options = {str(number): (name,) for number, name in enumerate(names, start=1)}
            key = chosen(given.words, options, self.locale)
        in_range = key.isdigit() and 1 <= int(key) <= len(names)
        return int(key) - 1 if in_range else None
