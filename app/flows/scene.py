"""What a node sees while it acts: its flow, the call's state, the world, and how to speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from app.flows.context import ArticleText, Context
from app.flows.directives import Gather, Language, Say, Utterance
from app.flows.state import State

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

    def variable(self, name: str) -> str:
        """A variable of the call, empty when it was never set."""
        return self.state.variables.get(name, "")

    def text(self, text: str) -> tuple[Utterance, ...]:
        """A text spoken in the caller's language; nothing when it is blank."""
        return (Utterance(text, self.language),) if text.strip() else ()

    def prompt(self, key: str, values: Mapping[str, str] | None = None) -> tuple[Utterance, ...]:
        """A prompt spoken in the caller's language, its fields filled."""
        text, tag = self.library.prompts.text(key, self.state.language, values or {})
        language = self.language if tag == self.state.language else self.library.language(tag)
        return (Utterance(text, language),) if text.strip() else ()

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
