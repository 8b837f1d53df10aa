"""From a folder of files to a library, or to findings that say what is wrong and where."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from app.flows.calendar import Holidays, NoHolidays, Overlay, WorkingCalendar
from app.flows.check import check_flows
from app.flows.context import Articles
from app.flows.directory import Directory
from app.flows.findings import Finding, FlowError
from app.flows.library import FlowLibrary, Prompts, content_version, flow_files
from app.flows.prompt_audio import AUDIO_FOLDER, check_audio, with_audio
from app.flows.prompts import Template, parse_prompt
from app.flows.pronunciation import AS_WRITTEN, read_pronunciation
from app.flows.schema import FlowFile
from app.flows.source import Document, load_file, validation_findings
from app.flows.texts import check_texts, writable
from app.flows.voicing import read_prompts

DIRECTORY_FILE = "directory.yaml"
CALENDAR_FILE = "calendar.yaml"
PROMPTS_FOLDER = "prompts/"
PRONUNCIATION_FOLDER = "pronunciation/"
TEXTS_FOLDER = "texts/"
FOLDERS = (PROMPTS_FOLDER, PRONUNCIATION_FOLDER, TEXTS_FOLDER)
NOT_FLOWS = (DIRECTORY_FILE, CALENDAR_FILE)
NO_HOLIDAYS = NoHolidays()


def compile_folder(
    folder: Path, articles: Articles, holidays: Holidays = NO_HOLIDAYS
) -> FlowLibrary:
    """Compile a folder. Raises FlowError when anything in it is an error.

    `holidays` is what `calendar.yaml` is laid over; without it every week is like the other.
    """
    library, findings = examine_folder(folder, articles, holidays)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or library is None:
        raise FlowError(errors)
    return library


def check_folder(folder: Path, articles: Articles) -> list[Finding]:
    """Everything that is wrong or doubtful in a folder, in the order of the files."""
    return examine_folder(folder, articles)[1]


def examine_folder(
    folder: Path, articles: Articles, holidays: Holidays = NO_HOLIDAYS
) -> tuple[FlowLibrary | None, list[Finding]]:
    """The library, when there is enough to make one, and all findings."""
    documents, findings = _load(folder)
    directory = _directory(folder, documents, findings)
    overlay = _overlay(documents, findings)
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
    directory = directory.observing(WorkingCalendar(holidays, overlay.years))
    contents = _contents(folder)
    voicings, audio = with_audio(prompts, contents)
    library = FlowLibrary(
        version=content_version(contents),
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
        voicings=voicings,
        audio=audio,
    )
    findings += check_flows(library, flows, documents, articles)
    findings += check_texts(library, documents)
    findings += check_audio(prompts, contents, documents)
    return library, sorted(findings)


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in flow_files(folder).items()}


def _load(folder: Path) -> tuple[dict[str, Document], list[Finding]]:
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    for name, path in flow_files(folder).items():
        if name.startswith(AUDIO_FOLDER):
            continue
        try:
            documents[name] = load_file(path, str(folder / name))
        except FlowError as error:
            findings += error.findings
    return documents, findings


def _directory(
    folder: Path, documents: Mapping[str, Document], findings: list[Finding]
) -> Directory | None:
    document = documents.get(DIRECTORY_FILE)
    if document is None:
        if not any(finding.file.endswith(DIRECTORY_FILE) for finding in findings):
            place = str(folder / DIRECTORY_FILE)
            findings.append(
                Finding(
                    place,
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
        name.removeprefix(folder).removesuffix(".yaml"): document
        for name, document in documents.items()
        if name.startswith(folder)
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
