"""A compiled set of flow files: everything a step needs, in memory."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.flows.directives import Language, Utterance
from app.flows.directory import Directory
from app.flows.node import Node
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
    """All flows of one version. `version` is a hash of the files' content.

    `audio` holds the files that prompts are played from, by their SHA-256.
    """

    version: str
    directory: Directory
    prompts: Prompts
    texts: Prompts
    nodes: Mapping[str, Node]
    languages: Mapping[str, Language]
    staff_flows: frozenset[str]
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
        values = values or {}
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

    def emergency_words(self, language: str) -> list[str]:
        """Words that lead to the emergency desk from everywhere."""
        return self.directory.emergency_words.get(language, [])


def content_version(files: Mapping[str, bytes]) -> str:
    """The version of a set of files: twelve hexadecimal digits of a hash over all of them."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name] + b"\0")
    return digest.hexdigest()[:12]


def flow_files(folder: Path) -> dict[str, Path]:
    """The files of a flow folder by the name that findings use; policies are read elsewhere.

    Links are left out: a link could lead anywhere.
    """
    paths = [
        *folder.glob("*.yaml"),
        *(folder / "prompts").glob("*.yaml"),
        *(folder / "pronunciation").glob("*.yaml"),
        *(folder / "texts").glob("*.yaml"),
        *(folder / "audio").glob("*/*.wav"),
    ]
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(paths)
        if path.is_file() and not path.is_symlink()
    }
