"""A compiled set of flow files: everything a step needs, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.flows.context import Articles
from app.flows.directives import Language, Utterance
from app.flows.directory import Directory
from app.flows.locale import Locale, Script
from app.flows.node import Node
from app.flows.notices import NoticeTemplate
from app.flows.origins import Origins
from app.flows.prompts import Template, fill
from app.flows.voicing import AS_USUAL, Voicings


@dataclass(frozen=True)
class Prompts:
    """Compiled prompts, or text messages, by language and key."""

    by_language: Mapping[str, Mapping[str, Template]]
    default_language: str

    def has(self, key: str) -> bool:
        """Whether there is such a prompt: in the default language, which has them all."""
        return key in self.by_language.get(self.default_language, {})

    def text(self, key: str, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """The spoken text and the language it is in: the default one when there is no translation.

        Raises KeyError for a prompt that exists in neither.
        """
        template = self.by_language.get(language, {}).get(key)
        if template is not None:
            return fill(template, values), language
        return fill(self.by_language[self.default_language][key], values), self.default_language


@dataclass(frozen=True)
class FlowLibrary:
    """All flows of one version, with the articles they read aloud.

    `version` is a hash of the content of all files, those of the articles included; `origins` says
    where nodes, prompts and the directory stand in their files. `audio` holds the files that
    prompts are played from, by their SHA-256.
    """

    version: str
    articles: Articles
    directory: Directory
    prompts: Prompts
    texts: Prompts
    nodes: Mapping[str, Node]
    languages: Mapping[str, Language]
    staff_flows: frozenset[str]
    notices: Mapping[str, NoticeTemplate] = field(default_factory=dict)
    origins: Origins = field(default_factory=Origins)
    voicings: Voicings = field(default_factory=dict)
    audio: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def default_language(self) -> str:
        """The language a call begins in."""
        return self.directory.default_language

    def language(self, tag: str) -> Language:
        """A language by our own name, or the default one when this version does not have it."""
        return self.languages.get(tag) or self.languages[self.default_language]

    def utterance(
        self, key: str, language: str, values: Mapping[str, str] | None = None
    ) -> Utterance:
        """A prompt as it is spoken in a language, or in the default one. Raises KeyError."""
        if values:
            return self._spoken(key, language, values)
        spoken = self._without_fields.get((key, language))
        if spoken is None:
            spoken = self._without_fields[key, language] = self._spoken(key, language, {})
        return spoken

    @cached_property
    def _without_fields(self) -> dict[tuple[str, str], Utterance]:
        """The prompts that are the same for every caller: made once, spoken a thousand times."""
        return {}

    def _spoken(self, key: str, language: str, values: Mapping[str, str]) -> Utterance:
        text, tag = self.prompts.text(key, language, values)
        voicing = self.voicings.get(tag, {}).get(key, AS_USUAL)
        return Utterance(
            text,
            self.language(tag),
            key,
            fill(voicing.said, values),
            voicing.rate,
            voicing.audio.sha256 if voicing.audio else "",
        )

    def has_node(self, address: str) -> bool:
        """Whether a node of this full address exists."""
        return address in self.nodes

    def node(self, address: str) -> Node:
        """A node by its full address. Raises KeyError for an unknown one."""
        return self.nodes[address]

    def is_for_staff(self, address: str) -> bool:
        """Whether a node belongs to a flow played to staff, where 0 and 9 mean nothing."""
        return address.partition(".")[0] in self.staff_flows

    def locale(self, tag: str) -> Locale:
        """What belongs to a language besides its prompts: words that are understood, dates."""
        return self._locales.get(tag) or self.directory.locale(tag)

    @cached_property
    def _locales(self) -> dict[str, Locale]:
        return {tag: self.directory.locale(tag) for tag in self.directory.languages}

    @cached_property
    def scripts(self) -> dict[str, Script]:
        """In what each language is written."""
        return self.directory.scripts
