"""The model of `notices.yaml`: temporary notices that stand ready to be switched on."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.flows.directory import Directory
from app.flows.findings import Finding
from app.flows.source import Document, nearest, validation_findings
from app.flows.speech_length import spoken_seconds

NOTICES_FILE = "notices.yaml"
LONGEST_SECONDS = 20  # of speech: nobody who calls in need waits longer for the menu
MOST_HOURS = 7 * 24

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
ByLanguage = dict[str, Text]


class NoticeTemplate(BaseModel):
    """A notice that stands ready.

    `names` is what its switch is called on the console, `words` what callers hear, both by
    language; without a translation callers hear the default one. An `urgent` notice is spoken
    before everything, others follow the greeting. `hours` is how long it is on unless staff choose
    otherwise; without it, until 20:00.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: ByLanguage = Field(min_length=1)
    words: ByLanguage = Field(min_length=1)
    urgent: bool = False
    hours: int | None = Field(default=None, ge=1, le=MOST_HOURS)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    notices: dict[str, NoticeTemplate] = Field(default_factory=dict)


def read_notices(
    documents: Mapping[str, Document], findings: list[Finding]
) -> dict[str, NoticeTemplate]:
    """The templates by key; the file may be left out."""
    document = documents.get(NOTICES_FILE)
    if document is None:
        return {}
    try:
        return _File.model_validate(document.value).notices
    except ValidationError as error:
        findings += validation_findings(document, (), error, _File)
        return {}


def check_notices(
    notices: Mapping[str, NoticeTemplate], directory: Directory, documents: Mapping[str, Document]
) -> Iterator[Finding]:
    """Texts in unknown languages, missing in the default one, or too long."""
    for key, notice in notices.items():
        document, path = documents[NOTICES_FILE], ("notices", key)
        for part in ("names", "words"):
            texts = getattr(notice, part)
            for tag in texts:
                if tag not in directory.languages:
                    yield document.key_finding(
                        (*path, part, tag),
                        "unknown-name",
                        f"There is no language `{tag}`.",
                        nearest(tag, directory.languages),
                    )
            if directory.default_language not in texts:
                yield document.finding(
                    (*path, part),
                    "missing-name",
                    f"`{part}` of `{key}` is missing in {directory.default_language}.",
                    "Other languages fall back to it.",
                )
        for tag, text in notice.words.items():
            seconds = spoken_seconds(text, tag)
            if seconds > LONGEST_SECONDS:
                yield document.finding(
                    (*path, "words", tag),
                    "notice-length",
                    f"`{key}` takes {seconds:.0f} seconds to speak.",
                    f"Say it within {LONGEST_SECONDS} seconds.",
                )
