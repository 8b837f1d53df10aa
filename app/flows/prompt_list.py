"""Every prompt in every language: its text, how it is spoken, and what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.flows.library import FlowLibrary
from app.flows.prompt_audio import has_fields
from app.flows.prompts import Field, Template
from app.flows.voicing import AS_USUAL


@dataclass(frozen=True, slots=True)
class ListedPrompt:
    """A prompt in one language; `text` is empty where it is not translated.

    `rate` is the prompt's own or its language's. `file` is the audio file it names, `audio` the
    SHA-256 of that file when it is played.
    """

    key: str
    language: str
    text: str
    said: str = ""
    rate: str = ""
    file: str = ""
    audio: str = ""
    with_fields: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether callers hear the default language instead."""
        return not self.text


def prompt_keys(library: FlowLibrary) -> list[str]:
    """Every key, in alphabetical order: those of one flow stand together."""
    return sorted({key for texts in library.prompts.by_language.values() for key in texts})


def listed_prompts(library: FlowLibrary, languages: Sequence[str] = ()) -> Iterator[ListedPrompt]:
    """Each prompt in each of the languages (all of them, if none is named), key by key."""
    for key in prompt_keys(library):
        for tag in languages or library.directory.languages:
            yield listed_prompt(library, key, tag)


def listed_prompt(library: FlowLibrary, key: str, language: str) -> ListedPrompt:
    """One prompt in one language, fields and all."""
    template = library.prompts.by_language.get(language, {}).get(key, ())
    voicing = library.voicings.get(language, {}).get(key, AS_USUAL)
    return ListedPrompt(
        key,
        language,
        as_written(template),
        as_written(voicing.said),
        voicing.rate or library.language(language).rate,
        voicing.file,
        voicing.audio.sha256 if voicing.audio else "",
        has_fields(template),
    )


def as_written(template: Template) -> str:
    """A prompt as it stands in its file."""
    return "".join(f"{{{part.name}}}" if isinstance(part, Field) else part for part in template)
