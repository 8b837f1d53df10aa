"""Checks over the whole set of flows: what a single file cannot know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from app.flows.check_graph import check_graph
from app.flows.check_languages import check_languages
from app.flows.check_times import check_times
from app.flows.context import Articles
from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.flows.limits import LONGEST_HINT, MOST_HINTS
from app.flows.nodes.menu import APPOINTMENT_KEY, STAFF_KEY, MenuNode
from app.flows.references import NodeRef, PromptRef, Reference, references
from app.flows.schema import FlowFile
from app.flows.source import Document, nearest

MOST_HINTED = 50  # unknown names that are compared with the known ones
FEW_NAMES = 20  # names that a hint lists when none is near
MOST_OPTIONS = 5
_WIDE_COMMAS = frozenset("，、；")
RESERVED_KEYS = {"0": "a person", "9": "the emergency desk", "*": "repeat"}

# Prompts that the engine and the node types speak by themselves.
STANDARD_PROMPTS = (
    "common.silence",
    "common.wrong_key",
    "common.not_understood",
    "common.to_person",
    "common.alarm",
    "common.goodbye",
    "policy.short_intro",
    "policy.full_intro",
    "policy.source",
    "policy.untranslated",
    "fallback.apology",
    "fallback.busy",
    "fallback.leave_message",
    "fallback.kept",
    "fallback.whisper",
    "status.state.new",
    "status.state.acknowledged",
    "status.state.in_progress",
    "status.state.waiting",
    "status.state.resolved",
    "status.state.closed",
    "status.state.reopened",
    "mediation.choose",
    "mediation.option",
    "mediation.consent",
    "mediation.not_started",
    "mediation.calling",
    "mediation.waiting",
    "mediation.opening",
    "mediation.thanks",
    "mediation.ticket",
    "mediation.unavailable",
    "mediation.failed.refused",
    "mediation.failed.no_answer",
    "mediation.failed.machine",
    "mediation.failed.mediator_unavailable",
    "mediation.failed.caller_left",
    "mediation.failed.unknown",
    "invitation.appointed",
    "mediation.held",
    "mediation.private",
    "mediation.recorded",
    "mediation.draft",
    "mediation.draft_question",
    "invitation.notice_of_parties",
    "controls.help",
    "controls.nothing",
    "controls.to_floor",
    "controls.talk_on",
    "controls.stepped_out",
    "controls.not_yet",
    "controls.nobody",
    "controls.add",
    "controls.agreement",
    "controls.extended",
    "controls.end",
    "controls.recording",
    "controls.recording_stopped",
    "controls.may_not_record",
    "controls.done",
    "controls.remove",
    "controls.redial",
    "controls.department",
    "controls.which",
    "controls.number",
    "controls.ringing",
    "controls.not_rung",
    "controls.asked",
    "controls.no_draft",
    "controls.pick.alone",
    "controls.pick.hold",
    "controls.pick.mute",
    "controls.pick.out",
    "controls.answers",
    "controls.ready",
    "controls.gone",
    "controls.waiting",
    "controls.party",
    "controls.role.caller",
    "controls.role.department",
    "controls.role.interpreter",
    "controls.role.party",
    "controls.state.there",
    "controls.state.muted",
    "controls.state.aside",
    "controls.state.ringing",
    "controls.state.gone",
    "invitation.notice",
    "invitation.consented",
    "invitation.waiting",
    "invitation.opening",
    "invitation.refused",
    "invitation.cancelled",
    "invitation.goodbye",
    "invitation.thanks",
    "escalation.read",
    "escalation.place",
    "escalation.left",
    "escalation.overdue",
    "escalation.keys",
    "escalation.taken",
    "escalation.passed",
    "escalation.too_late",
    "escalation.goodbye",
    "emergency.place",
    "emergency.option",
    "emergency.people",
    "emergency.again",
    "emergency.in_charge",
    "emergency.meet",
    "incident.drill",
    "incident.read",
    "incident.place",
    "incident.people",
    "incident.keys",
    "incident.keys_caller",
    "incident.taken",
    "incident.meet",
    "incident.thanks",
    "incident.passed",
    "incident.too_late",
    "incident.over",
    "incident.goodbye",
    "person.whisper_taken",
    "queue.position",
    "queue.wait",
    "queue.keep_key",
    "queue.message_key",
    "queue.coming",
    "queue.cut_off",
    "queue.offer",
    "queue.offer_waiting",
    "queue.kept",
    "queue.on_hold",
)


def check_flows(
    library: FlowLibrary,
    flows: Sequence[FlowFile],
    documents: Mapping[str, Document],
    articles: Articles,
) -> list[Finding]:
    """All findings about references, prompts, menus and the graph of nodes."""
    if library.directory.default_language not in library.directory.languages:
        return [_no_default_language(library, documents["directory.yaml"])]
    findings = list(_unknown_names(library, flows, articles))
    findings += _entries(library, documents)
    findings += _directory_names(library, documents)
    findings += check_languages(library.directory, documents["directory.yaml"])
    findings += check_times(library.directory, documents)
    findings += _prompts(library, flows, documents)
    for flow in flows:
        findings += _menus(flow)
    if not any(finding.rule == "unknown-name" for finding in findings):
        findings += check_graph(library, flows)
    return findings


def _unknown_names(
    library: FlowLibrary, flows: Sequence[FlowFile], articles: Articles
) -> Iterator[Finding]:
    known: dict[str, Sequence[str]] = {
        "node": list(library.nodes),
        "department": list(library.directory.departments),
        "category": list(library.directory.categories),
        "skill": ["language", *library.directory.skills],
        "policy": articles.keys(),
        "language": list(library.directory.languages),
    }
    exists = {kind: frozenset(names) for kind, names in known.items()}
    hints = _Hints()
    for flow in flows:
        for name, node in flow.nodes.items():
            for path, reference in references(node):
                if reference not in exists.get(reference.kind, (reference,)):
                    yield flow.document.finding(
                        (*flow.path(name), *path),
                        "unknown-name",
                        f"There is no {reference.kind} `{reference}`.",
                        _flow_named(reference, flows)
                        or hints.meant(reference, known[reference.kind]),
                    )


def _flow_named(reference: Reference, flows: Sequence[FlowFile]) -> str:
    """The hint for a flow that is named in place of one of its nodes."""
    name = reference.rpartition(".")[2] if isinstance(reference, NodeRef) else ""
    node = next((next(iter(flow.nodes), "") for flow in flows if flow.name == name), "")
    return f"`{name}` is a flow: name a node of it, such as `{name}.{node}`." if node else ""


class _Hints:
    """Names that were meant, for the first that are unknown: to compare thousands takes minutes."""

    def __init__(self) -> None:
        self._left = MOST_HINTED

    def meant(self, word: str, known: Iterable[str]) -> str:
        """The hint with the nearest name, or with all when they are few, or nothing."""
        if not self._left:
            return ""
        self._left -= 1
        names = list(known)
        near = get_close_matches(word[:LONGEST_HINT], names, n=1)
        if near:
            return f"Did you mean `{near[0]}`?"
        return f"Known here: {', '.join(names)}." if len(names) <= FEW_NAMES else ""


def _entries(library: FlowLibrary, documents: Mapping[str, Document]) -> Iterator[Finding]:
    document = documents["directory.yaml"]
    for name, address in library.directory.entries.model_dump().items():
        if address and not library.has_node(address):
            yield document.finding(
                ("entries", name),
                "unknown-name",
                f"There is no node `{address}`.",
                nearest(address, library.nodes) if "." in address else "Write it as flow.node.",
            )


def _no_default_language(library: FlowLibrary, document: Document) -> Finding:
    """All that callers hear falls back to this language: nothing else is worth telling."""
    tag = library.directory.default_language
    hint = nearest(tag, library.directory.languages)
    return document.finding(
        ("default_language",), "unknown-name", f"There is no language `{tag}`.", hint
    )


def _directory_names(library: FlowLibrary, documents: Mapping[str, Document]) -> Iterator[Finding]:
    document = documents["directory.yaml"]
    directory = library.directory
    if directory.message_category not in directory.categories:
        yield document.finding(
            ("message_category",),
            "unknown-name",
            f"There is no category `{directory.message_category}`.",
            nearest(directory.message_category, directory.categories),
        )
    for key, category in directory.categories.items():
        if category.department not in directory.departments:
            yield document.finding(
                ("categories", key, "department"),
                "unknown-name",
                f"There is no department `{category.department}`.",
                nearest(category.department, directory.departments),
            )
    named: list[tuple[str, str, dict[str, str]]] = [
        *(("departments", key, item.names) for key, item in directory.departments.items()),
        *(("skills", key, item.names) for key, item in directory.skills.items()),
        *(("categories", key, item.names) for key, item in directory.categories.items()),
        *(("places", key, item.names) for key, item in directory.places.items()),
    ]
    for part, key, names in named:
        for tag in directory.languages:
            if tag not in names:
                yield _without_name(library, document, (part, key, "names"), tag)


def _without_name(
    library: FlowLibrary, document: Document, path: tuple[str, str, str], tag: str
) -> Finding:
    """Only the default language needs every name: the others fall back to it."""
    default = library.default_language
    severity: Any = "error" if tag == default else "warning"
    hint = "" if tag == default else f"Callers hear {default} instead."
    sentence = f"`{path[1]}` has no name in {tag}."
    return Finding(document.file, *document.place(path), severity, "missing-name", sentence, hint)


def _prompts(
    library: FlowLibrary, flows: Sequence[FlowFile], documents: Mapping[str, Document]
) -> Iterator[Finding]:
    default = library.default_language
    spoken = library.prompts.by_language
    used: set[str] = set(STANDARD_PROMPTS)
    hints = _Hints()
    for flow in flows:
        for name, node in flow.nodes.items():
            for path, reference in references(node):
                if isinstance(reference, PromptRef):
                    used.add(reference)
                    if reference not in spoken.get(default, {}):
                        near = hints.meant(reference, spoken.get(default, {}))
                        yield flow.document.finding(
                            (*flow.path(name), *path),
                            "unknown-prompt",
                            f"There is no prompt `{reference}` in prompts/{default}.yaml.",
                            near or "Add it there.",
                        )
    yield from _translations(library, documents, used)


def _translations(
    library: FlowLibrary, documents: Mapping[str, Document], used: set[str]
) -> Iterator[Finding]:
    folder = documents["directory.yaml"].file.removesuffix("directory.yaml")
    for tag in library.directory.languages:
        name = f"prompts/{tag}.yaml"
        have = library.prompts.by_language.get(tag, {})
        if name not in documents and tag != library.default_language:
            continue  # `check_languages` says so once
        file = documents[name].file if name in documents else f"{folder}{name}"
        severity: Any = "error" if tag == library.default_language else "warning"
        for key in sorted(used - set(have)):
            yield Finding(
                file,
                1,
                1,
                severity,
                "missing-prompt",
                f"Prompt `{key}` is missing.",
                "" if severity == "error" else f"Callers hear {library.default_language} instead.",
            )
        for key in have:
            if key not in used:
                yield Finding(
                    file,
                    *documents[name].key_places[(key,)],
                    "warning",
                    "unused-prompt",
                    f"Prompt `{key}` is spoken nowhere.",
                )


def _menus(flow: FlowFile) -> Iterator[Finding]:
    for name, node in flow.nodes.items():
        if not isinstance(node, MenuNode):
            continue
        path = (*flow.path(name), "options")
        if len(node.options) > MOST_OPTIONS:
            yield flow.document.key_finding(
                path,
                "menu-length",
                f"Menu `{name}` has {len(node.options)} options.",
                f"Nobody keeps more than {MOST_OPTIONS} in mind; split it.",
            )
        hidden = {
            STAFF_KEY: ("staff to", node.staff),
            APPOINTMENT_KEY: ("to the appointment", node.appointment),
        }
        for key, option in node.options.items():
            leads, target = hidden.get(key, ("", None))
            if target is not None:
                sentence = f"Key {key} leads {leads} `{target}`."
                yield flow.document.key_finding((*path, key), "reserved-key", sentence)
            elif key in RESERVED_KEYS:
                yield flow.document.key_finding(
                    (*path, key),
                    "reserved-key",
                    f"Key {key} leads to {RESERVED_KEYS[key]}.",
                    "It does so everywhere by itself; choose another key.",
                )
            elif len(key) != 1 or key not in "12345678#":
                yield flow.document.key_finding(
                    (*path, key), "menu-key", f"`{key}` is not a key.", "Use 1 to 8, or '#'."
                )
            yield from _words(flow.document, (*path, key, "words"), option.words.values())


def _words(
    document: Document, path: tuple[str | int, ...], by_language: Iterable[Sequence[str]]
) -> Iterator[Finding]:
    """What cannot be heard as it is written at an option."""
    for words in by_language:
        if len(words) > MOST_HINTS or any(len(word) > LONGEST_HINT for word in words):
            sentence = f"At most {MOST_HINTS} words of {LONGEST_HINT} letters can be heard."
            yield document.finding(path, "hints", sentence)
        for joined in (word for word in words if not _WIDE_COMMAS.isdisjoint(word)):
            sentence = f"`{joined}` is one phrase, which nobody says."
            hint = "Put the comma of a Latin keyboard between words: `[one, two]`."
            yield document.finding(path, "hints", sentence, hint)
