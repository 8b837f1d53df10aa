"""Policy articles as files: one mapping of articles per file, in every language."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.flows.files import POLICIES, YAML, Files, placed, read_folder
from app.flows.findings import Finding, FlowError
from app.flows.source import Document, parse, validation_findings

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ByLanguage = dict[str, Text]


class Article(BaseModel):
    """A policy article. `words` are what callers say when they mean it, besides its own words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str
    title: ByLanguage = Field(min_length=1)
    short: ByLanguage = Field(min_length=1)
    full: ByLanguage = Field(min_length=1)
    source: ByLanguage = Field(min_length=1)
    reviewed: date
    words: dict[str, list[Text]] = Field(default_factory=dict)


def load_articles(folder: Path) -> dict[str, Article]:
    """All articles of a folder by key. Raises FlowError with the place of every mistake."""
    files, findings = read_folder(folder, {"": (YAML,)})
    if findings:
        raise FlowError(findings)
    return _all({placed(str(folder), name): files[name] for name in files}, str(folder))


def read_articles(files: Files, place: str = "") -> dict[str, Article]:
    """All articles of a set of files by key. Raises FlowError as `load_articles`.

    `place` is the folder that findings name before each file.
    """
    texts = {placed(place, name): files[name] for name in files if name.startswith(POLICIES)}
    return _all(texts, placed(place, POLICIES))


def _all(texts: Files, folder: str) -> dict[str, Article]:
    articles: dict[str, Article] = {}
    findings: list[Finding] = []
    for name in sorted(texts):
        try:
            document = parse(texts[name], name)
        except FlowError as error:
            findings += error.findings
            continue
        findings += _read(document, articles)
    if not articles and not findings:
        findings.append(
            Finding(
                folder,
                1,
                1,
                "error",
                "missing",
                "There are no policy articles.",
                "Put at least one YAML file into this folder.",
            )
        )
    if findings:
        raise FlowError(sorted(findings))
    return articles


def _read(document: Document, articles: dict[str, Article]) -> list[Finding]:
    if not isinstance(document.value, dict):
        return [document.finding((), "shape", "A policy file is a mapping of articles by key.")]
    findings: list[Finding] = []
    for key, body in document.value.items():
        if key in articles:
            findings.append(
                document.key_finding(
                    (key,),
                    "duplicate",
                    f"Article `{key}` exists already.",
                    "Keys must differ across all files of the folder.",
                )
            )
            continue
        try:
            article = Article.model_validate(body)
        except ValidationError as error:
            findings += validation_findings(document, (key,), error, Article)
            continue
        articles[key] = article
        findings += _languages(document, key, article)
    return findings


def _languages(document: Document, key: str, article: Article) -> list[Finding]:
    """A text that exists in one language must exist in all languages of the title."""
    return [
        document.finding((key, part), "translation", f"`{part}` of `{key}` is missing in {tag}.")
        for part in ("short", "full", "source")
        for tag in article.title
        if tag not in getattr(article, part)
    ]
