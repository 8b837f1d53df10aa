"""Checks of the languages: codes that Twilio knows, voices that exist and speak them."""

from collections.abc import Iterator

from app.flows.directory import Directory
from app.flows.findings import Finding
from app.flows.source import Document
from app.flows.voices import (
    GATHER_LANGUAGES,
    SAFE_VOICES,
    SAY_LANGUAGES,
    TO_GATHER,
    TO_SAY,
    meant,
    speaks,
)


def check_languages(directory: Directory, document: Document) -> Iterator[Finding]:
    """All findings about `languages`."""
    for tag, entry in directory.languages.items():
        path = ("languages", tag)
        if entry.say not in SAY_LANGUAGES:
            yield document.finding(
                (*path, "say"),
                "say-language",
                f"Twilio does not speak `{entry.say}`.",
                meant(entry.say, SAY_LANGUAGES, TO_SAY),
            )
        elif not speaks(entry.voice, entry.say):
            safe = SAFE_VOICES.get(entry.say, "")
            yield document.finding(
                (*path, "voice"),
                "voice",
                f"There is no voice `{entry.voice}` that speaks {entry.say}.",
                f"A safe one is `{safe}`." if safe else "",
            )
        if entry.gather not in GATHER_LANGUAGES:
            yield document.finding(
                (*path, "gather"),
                "gather-language",
                f"Twilio does not hear `{entry.gather}`.",
                meant(entry.gather, GATHER_LANGUAGES, TO_GATHER),
            )
