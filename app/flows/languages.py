"""Reading what belongs to each language from its file, and what is missing there."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from app.flows.directory import Directory
from app.flows.findings import Finding
from app.flows.locale import Locale
from app.flows.source import Document, nearest, validation_findings

LANGUAGE_KEY = "language"  # of `prompts/<tag>.yaml`; every other key there is a prompt
PROMPTS_FOLDER = "prompts/"
TEXTS_FOLDER = "texts/"
MOST_LANGUAGES = 8  # each has a key of its own, and 0 and 9 are taken


def take_locales(documents: Mapping[str, Document], findings: list[Finding]) -> dict[str, Locale]:
    """What belongs to each language that has a file, by its tag.

    It is taken out of the documents: what remains in them are prompts.
    """
    locales = {}
    for name, document in documents.items():
        if not isinstance(document.value, dict):
            continue
        if name.startswith(PROMPTS_FOLDER):
            tag = tag_of(name)
            locales[tag] = _locale(document, findings).called(tag)
    return locales


def tag_of(name: str) -> str:
    """The language that names a file: `prompts/zh-CN.yaml` is of `zh-CN`."""
    return name.rpartition("/")[2].removesuffix(".yaml")


def check_languages(directory: Directory, documents: Mapping[str, Document]) -> Iterator[Finding]:
    """Languages without a file, files without a language, and more of them than keys."""
    home = documents["directory.yaml"]
    for tag in directory.languages:
        name = f"{PROMPTS_FOLDER}{tag}.yaml"
        if name not in documents and tag != directory.default_language:
            yield _doubt(
                home,
                home.key_places[("languages", tag)],
                "language-file",
                f"There is no {name}.",
                f"Write it; until then callers hear {directory.default_language}.",
            )
    for name, document in documents.items():
        tag = tag_of(name)
        if name.startswith((PROMPTS_FOLDER, TEXTS_FOLDER)) and tag not in directory.languages:
            hint = nearest(tag, directory.languages)
            yield _doubt(
                document,
                (1, 1),
                "language-file",
                f"There is no language `{tag}` in directory.yaml.",
                f"Add it to `languages` there, or rename this file. {hint}".strip(),
            )
    if len(directory.languages) > MOST_LANGUAGES:
        yield home.finding(
            ("languages",),
            "languages",
            f"There are {len(directory.languages)} languages.",
            f"At most {MOST_LANGUAGES} can be chosen by a key.",
        )


def _locale(document: Document, findings: list[Finding]) -> Locale:
    written = document.value.pop(LANGUAGE_KEY, {})
    if not isinstance(written, dict):
        sentence, hint = (
            "`language` is a mapping.",
            f"Known in it: {', '.join(Locale.model_fields)}.",
        )
        findings.append(document.finding((LANGUAGE_KEY,), "shape", sentence, hint))
        return Locale()
    try:
        return Locale.model_validate(written)
    except ValidationError as error:
        findings += validation_findings(document, (LANGUAGE_KEY,), error, Locale)
        return Locale()


def _doubt(
    document: Document, place: tuple[int, int], rule: str, sentence: str, hint: str
) -> Finding:
    return Finding(document.file, *place, "warning", rule, sentence, hint)
