"""From a folder of files to a library, or to findings that say what is wrong and where."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from app.flows.calendar import Holidays, NoHolidays, Overlay, WorkingCalendar
from app.flows.check import check_flows
from app.flows.context import Articles
from app.flows.directory import Directory
from app.flows.files import (
    POLICIES,
    TESTS,
    YAML,
    Files,
    content_version,
    placed,
    read_folder,
)
from app.flows.findings import Finding, FlowError
from app.flows.languages import (
    PROMPTS_FOLDER,
    TEXTS_FOLDER,
    check_languages,
    tag_of,
    take_locales,
)
from app.flows.library import FlowLibrary, Prompts
from app.flows.notices import NOTICES_FILE, check_notices, read_notices
from app.flows.origins import origins_of
from app.flows.prompt_audio import check_audio, with_audio
from app.flows.prompts import Template, parse_prompt
from app.flows.pronunciation import AS_WRITTEN, read_pronunciation
from app.flows.schema import FlowFile
from app.flows.source import Document, nearest, parse, validation_findings
from app.flows.texts import check_texts, writable
from app.flows.voicing import read_prompts
from app.flows.waivers import standing

DIRECTORY_FILE = "directory.yaml"
CALENDAR_FILE = "calendar.yaml"
PRONUNCIATION_FOLDER = "pronunciation/"
READ_ELSEWHERE = (POLICIES, TESTS)
FOLDERS = (PROMPTS_FOLDER, PRONUNCIATION_FOLDER, TEXTS_FOLDER)
NOT_FLOWS = (DIRECTORY_FILE, CALENDAR_FILE, NOTICES_FILE)
NO_HOLIDAYS = NoHolidays()

_CATEGORY = re.compile(rb"""\bcategory["']?:\s*["']?([\w-]+)""", re.ASCII)

# Parses the bytes of a file; the second is its name in findings. Raises FlowError.
Parsing = Callable[[bytes, str], Document]


def compile_folder(
    folder: Path, articles: Articles, holidays: Holidays = NO_HOLIDAYS
) -> FlowLibrary:
    """Compile a folder. Raises FlowError when anything in it is an error.

    `holidays` is what `calendar.yaml` is laid over; without it every week is like the other.
    """
    return _whole(*examine_folder(folder, articles, holidays))


def compile_files(
    files: Files, articles: Articles, holidays: Holidays = NO_HOLIDAYS, place: str = ""
) -> FlowLibrary:
    """Compile a set of files in memory. Raises FlowError as `compile_folder`."""
    return _whole(*examine_files(files, articles, holidays, place))


def check_folder(folder: Path, articles: Articles) -> list[Finding]:
    """What is wrong or doubtful in a folder, in the order of the files: the quick part.

    `app.flows.whole_check` proves the rest.
    """
    return _standing(*examine_folder(folder, articles))


def examine_folder(
    folder: Path, articles: Articles, holidays: Holidays = NO_HOLIDAYS, parsing: Parsing = parse
) -> tuple[FlowLibrary | None, list[Finding]]:
    """The library, when there is enough to make one, and all findings, waived or not."""
    files, unread = read_folder(folder)
    if unread:  # what the other files lack may stand in these
        return None, sorted(unread)
    return examine_files(files, articles, holidays, str(folder), parsing)


def examine_files(
    files: Files,
    articles: Articles,
    holidays: Holidays = NO_HOLIDAYS,
    place: str = "",
    parsing: Parsing = parse,
) -> tuple[FlowLibrary | None, list[Finding]]:
    """The library of a set of files, when there is enough to make one, and all findings.

    `place` is the folder that findings name before each file. Articles are read by whoever has
    them (`app.policies`); transcripts of the set by whoever plays them. Findings that are waived
    are among the others. Who examines many similar sets need not parse each file anew: `parsing`.
    """
    documents, findings = _parsed(files, place, parsing)
    directory = _directory(place, documents, findings)
    overlay = _overlay(documents, findings)
    locales = take_locales(documents, findings)
    notices = read_notices(documents, findings)
    prompts = {
        tag: read_prompts(document, findings)
        for tag, document in _by_language(PROMPTS_FOLDER, documents).items()
    }
    texts = {
        tag: _templates(document, writable(), findings)
        for tag, document in _by_language(TEXTS_FOLDER, documents).items()
    }
    dictionaries = {
        tag: read_pronunciation(document, findings)
        for tag, document in _by_language(PRONUNCIATION_FOLDER, documents).items()
    }
    flows = _flows(documents, findings)
    if directory is None or findings:
        return None, sorted(findings)
    directory = directory.observing(WorkingCalendar(holidays, overlay.years)).speaking(locales)
    voicings, audio = with_audio(prompts, files)
    library = FlowLibrary(
        version=content_version(files),
        articles=articles,
        directory=directory,
        prompts=Prompts(
            {tag: language.texts for tag, language in prompts.items()}, directory.default_language
        ),
        texts=Prompts(texts, directory.default_language),
        nodes={f"{flow.name}.{name}": node for flow in flows for name, node in flow.nodes.items()},
        languages={
            tag: directory.language(tag, dictionaries.get(tag, AS_WRITTEN))
            for tag in directory.languages
        },
        staff_flows=frozenset(flow.name for flow in flows if flow.audience == "staff"),
        notices=notices,
        voicings=voicings,
        audio=audio,
        origins=origins_of(documents, (f"{flow.name}.yaml" for flow in flows)),
    )
    findings += check_flows(library, flows, documents, articles)
    findings += check_texts(library, documents)
    findings += check_languages(directory, documents)
    findings += check_notices(notices, directory, documents)
    findings += check_audio(prompts, files, documents)
    findings += _subjects(directory, articles, files, place, parsing)
    return library, sorted(findings)


def _subjects(
    directory: Directory, articles: Articles, files: Files, place: str, parsing: Parsing
) -> Iterator[Finding]:
    """Articles whose category does not exist; who read the articles knew no directory.

    Files that are no articles are told by whoever reads the articles. Parsing takes longer than all
    other checks together, so only what names an unknown category is parsed.
    """
    known = set(articles.keys())
    for name in sorted(name for name in files if known and name.startswith(POLICIES)):
        named = {found.decode() for found in _CATEGORY.findall(files[name])}
        if named <= directory.categories.keys():
            continue
        try:
            document = parsing(files[name], placed(place, name))
        except FlowError:
            continue
        entries = document.value if isinstance(document.value, Mapping) else {}
        for key, entry in entries.items():
            category = entry.get("category") if isinstance(entry, Mapping) else None
            if key in known and isinstance(category, str) and category not in directory.categories:
                yield document.finding(
                    (key, "category"),
                    "unknown-name",
                    f"There is no category `{category}`.",
                    nearest(category, directory.categories),
                )


def _standing(library: FlowLibrary | None, findings: list[Finding]) -> list[Finding]:
    return standing(findings, library.origins.waivers) if library else findings


def _whole(library: FlowLibrary | None, findings: list[Finding]) -> FlowLibrary:
    errors = [finding for finding in _standing(library, findings) if finding.severity == "error"]
    if errors or library is None:
        raise FlowError(errors)
    return library


def _parsed(
    files: Files, place: str, parsing: Parsing
) -> tuple[dict[str, Document], list[Finding]]:
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    for name in sorted(files):
        if name.endswith(YAML) and not name.startswith(READ_ELSEWHERE):
            try:
                documents[name] = parsing(files[name], placed(place, name))
            except FlowError as error:
                findings += error.findings
    return documents, findings


def _directory(
    place: str, documents: Mapping[str, Document], findings: list[Finding]
) -> Directory | None:
    document = documents.get(DIRECTORY_FILE)
    if document is None:
        if not any(finding.file.endswith(DIRECTORY_FILE) for finding in findings):
            findings.append(
                Finding(
                    placed(place, DIRECTORY_FILE),
                    1,
                    1,
                    "error",
                    "missing",
                    "There is no directory.yaml.",
                    "It names languages, departments, categories and duty numbers.",
                )
            )
        return None
    try:
        return Directory.model_validate(document.value)
    except ValidationError as error:
        findings += validation_findings(document, (), error, Directory)
        return None


def _overlay(documents: Mapping[str, Document], findings: list[Finding]) -> Overlay:
    """The county's own calendar; the file may be left out."""
    document = documents.get(CALENDAR_FILE)
    if document is None:
        return Overlay()
    try:
        return Overlay.model_validate(document.value)
    except ValidationError as error:
        findings += validation_findings(document, (), error, Overlay)
        return Overlay()


def _by_language(folder: str, documents: Mapping[str, Document]) -> dict[str, Document]:
    """The documents of a folder, by the language that names the file."""
    return {
        tag_of(name): document for name, document in documents.items() if name.startswith(folder)
    }


def _templates(
    document: Document, fields: Mapping[str, tuple[str, str]], findings: list[Finding]
) -> dict[str, Template]:
    templates: dict[str, Template] = {}
    entries = document.value if isinstance(document.value, dict) else {}
    for key, text in entries.items():
        if not isinstance(text, str) or not text.strip():
            findings.append(
                document.finding((key,), "prompt", f"Text `{key}` must be words that are sent.")
            )
            continue
        try:
            templates[key] = parse_prompt(" ".join(text.split()), fields)
        except ValueError as error:
            findings.append(document.finding((key,), "field", f"Text `{key}`: {error}."))
    return templates


def _flows(documents: Mapping[str, Document], findings: list[Finding]) -> list[FlowFile]:
    flows = []
    for name, document in documents.items():
        if name in NOT_FLOWS or name.startswith(FOLDERS):
            continue
        flow = FlowFile(name.removesuffix(".yaml"), document)
        findings += flow.read()
        flows.append(flow)
    return flows
