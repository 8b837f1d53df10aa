"""Which prompts of a set of files are played from audio files, and what is wrong with those.

A file counts only when it can be played and says what its prompt says: otherwise the text is
spoken, and a finding tells why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.flows.audio_files import AudioFile, read_audio
from app.flows.findings import Finding
from app.flows.prompts import Field, Template, fill
from app.flows.source import Document
from app.flows.voicing import PromptsOfLanguage, Voicing, Voicings

AUDIO_FOLDER = "audio/"
_HOW_TO_MAKE = "Make it with `hotline flows audio`."


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why the file of a prompt is not played."""

    rule: str
    sentence: str
    hint: str
    is_error: bool = True


def has_fields(template: Template) -> bool:
    """Whether something of the call is put into a prompt: no recording can say that."""
    return any(isinstance(part, Field) for part in template)


def with_audio(
    prompts: Mapping[str, PromptsOfLanguage], contents: Mapping[str, bytes]
) -> tuple[Voicings, dict[str, bytes]]:
    """The voicings with the files that may be played, and these files by their SHA-256."""
    voicings: dict[str, dict[str, Voicing]] = {}
    playable: dict[str, bytes] = {}
    for tag, language in prompts.items():
        voicings[tag] = dict(language.voicings)
        for key, voicing in language.voicings.items():
            found = _judged(tag, language.texts[key], voicing, contents) if voicing.file else None
            if isinstance(found, AudioFile):
                voicings[tag][key] = replace(voicing, audio=found)
                playable[found.sha256] = contents[_name(tag, voicing)]
    return voicings, playable


def check_audio(
    prompts: Mapping[str, PromptsOfLanguage],
    contents: Mapping[str, bytes],
    documents: Mapping[str, Document],
) -> Iterator[Finding]:
    """All findings about audio files."""
    named: set[str] = set()
    for tag, language in prompts.items():
        document = documents[f"prompts/{tag}.yaml"]
        for key, voicing in language.voicings.items():
            if not voicing.file:
                continue
            named.add(_name(tag, voicing))
            found = _judged(tag, language.texts[key], voicing, contents)
            if isinstance(found, _Refusal):
                sentence = f"Prompt `{key}`: {found.sentence}."
                finding = document.finding((key, "audio"), found.rule, sentence, found.hint)
                yield finding if found.is_error else replace(finding, severity="warning")
    folder = documents["directory.yaml"].file.removesuffix("directory.yaml")
    for name in contents:
        if name.startswith(AUDIO_FOLDER) and name not in named:
            sentence = "No prompt is played from this file."
            hint = "Name it as `audio` of a prompt, or remove it."
            yield Finding(f"{folder}{name}", 1, 1, "warning", "unused-audio", sentence, hint)


def _name(tag: str, voicing: Voicing) -> str:
    return f"{AUDIO_FOLDER}{tag}/{voicing.file}"


def _judged(
    tag: str, text: Template, voicing: Voicing, contents: Mapping[str, bytes]
) -> AudioFile | _Refusal:
    """The file of a prompt that names one, or why it is not played."""
    if has_fields(text):
        return _Refusal(
            "audio-fields",
            "it has fields, which no recording can say",
            "Make prompts of their own of the parts around the fields, and record those.",
        )
    name = _name(tag, voicing)
    if name not in contents:
        return _Refusal("audio-missing", f"there is no file {name}", _HOW_TO_MAKE)
    try:
        audio = read_audio(contents[name])
    except ValueError as error:
        return _Refusal("audio-format", f"{name} cannot be played: {error}", _HOW_TO_MAKE)
    if audio.words and audio.words != fill(text, {}):
        return _Refusal(
            "audio-out-of-date",
            f"{name} says “{audio.words}”, which is no longer the text",
            "The text is spoken until it is recorded anew.",
            is_error=False,
        )
    return audio
