"""How a prompt is spoken when it is more than a text: other words, another rate, an audio file.

main.greeting: {text: 您好, rate: 90%, audio: greeting.wav}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    field_validator,
)

from app.flows.audio_files import AudioFile
from app.flows.findings import Finding
from app.flows.prompts import FIELDS, Template, parse_prompt
from app.flows.source import Document, validation_findings

SLOWEST, FASTEST = 50, 150  # per cent of the voice's own rate


def _rate(value: str) -> str:
    number = value.removesuffix("%")
    if not (value.endswith("%") and number.isascii() and number.isdigit()):
        raise ValueError("write a rate as 90%, of the voice's own")
    if not SLOWEST <= int(number) <= FASTEST:
        raise ValueError(f"a rate is between {SLOWEST}% and {FASTEST}%")
    return f"{int(number)}%"


Rate = Annotated[str, AfterValidator(_rate)]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\.wav$")]


@dataclass(frozen=True, slots=True)
class Voicing:
    """How one prompt is spoken in one language; what is empty is as usual.

    `said` are the words spoken instead of the text, `file` the name of its audio file, and `audio`
    that file when it can be played and says what the text says.
    """

    said: Template = ()
    rate: str = ""
    file: str = ""
    audio: AudioFile | None = None


AS_USUAL = Voicing()
Voicings = Mapping[str, Mapping[str, Voicing]]  # by language and key


class PromptEntry(BaseModel):
    """A prompt that is written as a mapping."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    say: str | None = None
    rate: Rate | None = None
    audio: FileName | None = None

    @field_validator("text", "say")
    @classmethod
    def _is_spoken(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("write what is spoken")
        return value


@dataclass(frozen=True, slots=True)
class PromptsOfLanguage:
    """The prompts of one file: all texts, and the voicing of those that have one."""

    texts: Mapping[str, Template]
    voicings: Mapping[str, Voicing]


def read_prompts(document: Document, findings: list[Finding]) -> PromptsOfLanguage:
    """The prompts of a file; what is wrong with it is added to `findings`."""
    texts: dict[str, Template] = {}
    voicings: dict[str, Voicing] = {}
    for key, value in (document.value if isinstance(document.value, dict) else {}).items():
        try:
            entry = PromptEntry.model_validate({"text": value} if isinstance(value, str) else value)
        except ValidationError as error:
            findings += _refused(document, key, value, error)
            continue
        try:
            texts[key] = _parsed(entry.text)
            if isinstance(value, dict):
                said = _parsed(entry.say) if entry.say else ()
                voicings[key] = Voicing(said, entry.rate or "", entry.audio or "")
        except ValueError as error:
            findings.append(document.finding((key,), "field", f"Prompt `{key}`: {error}."))
    return PromptsOfLanguage(texts, voicings)


def _parsed(text: str) -> Template:
    return parse_prompt(" ".join(text.split()), FIELDS)


def _refused(document: Document, key: str, value: object, error: ValidationError) -> list[Finding]:
    if isinstance(value, dict):
        return validation_findings(document, (key,), error, PromptEntry)
    sentence = f"Prompt `{key}` must be a text that is spoken."
    return [document.finding((key,), "prompt", sentence)]
