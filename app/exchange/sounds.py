"""What a party's mouth and keypad send down the line."""

from dataclasses import dataclass

CHINESE_PER_SECOND = 4.5
LATIN_PER_SECOND = 15.0
SHORTEST_SECONDS = 0.3


def spoken_seconds(text: str) -> float:
    """How long it takes to say `text`: Chinese characters and digits are syllables, letters not."""
    latin = sum(character.isascii() and not character.isdigit() for character in text)
    syllables = sum(character.isalnum() for character in text) - sum(
        character.isascii() and character.isalpha() for character in text
    )
    return max(SHORTEST_SECONDS, syllables / CHINESE_PER_SECOND + latin / LATIN_PER_SECOND)


@dataclass(frozen=True, slots=True)
class Key:
    """One key pressed: `0`-`9`, `*` or `#`."""

    digit: str


@dataclass(frozen=True, slots=True)
class Sound:
    """Something that sounds for `seconds`.

    `text` is what a speech recogniser would make of it; `audio` is a WAV file from a microphone,
    empty when the sound is to be made from the text. `confidence` None is left out of webhooks.
    """

    text: str
    seconds: float
    language: str = ""
    audio: bytes = b""
    confidence: float | None = 0.9
