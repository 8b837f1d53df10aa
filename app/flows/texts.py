"""Text messages per language: which there are, which fields each may use, how long they may be.

They stand in `texts/<language>.yaml`, written as prompts are. Each goes out behind `signature`.
"""

from collections.abc import Iterator, Mapping

from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.flows.prompts import Field, Template, fill
from app.flows.source import Document
from app.flows.text_length import MOST_SEGMENTS, segments

# The longest each field gets, in characters, and what it is. `body` is cut to the room there is.
FIELDS: Mapping[str, tuple[int, str]] = {
    "number": (8, "the number of the ticket"),
    "category": (20, "the subject of the ticket"),
    "state": (30, "how the ticket stands, in plain words"),
    "respond": (12, "how soon somebody will respond, such as 30分钟"),
    "complete": (12, "how soon it will be completed, such as 24小时"),
    "count": (3, "a number of minutes or hours"),
    "phone": (16, "the number of the hotline"),
    "title": (30, "the title of a policy article, or of a hearing"),
    "body": (0, "the text of a policy article, cut to the room there is"),
    "source": (30, "the document a policy article rests on"),
    "code": (6, "a one-time code"),
    "day": (12, "the day of a mediation or a deadline, such as 12月3日"),
    "time": (10, "the hour of a mediation"),
    "pin": (7, "the PIN of one party's seat in a mediation"),
    "outcome": (0, "what came of the ticket, cut to the room there is"),
}
_WRITABLE = {name: ("text", meaning) for name, (_, meaning) in FIELDS.items()}

# Every text that is sent, and the fields it is given.
TEXTS: Mapping[str, frozenset[str]] = {
    "signature": frozenset(),
    "minutes": frozenset({"count"}),
    "hours": frozenset({"count"}),
    "ticket.appeal": frozenset({"number", "category", "respond", "complete"}),
    "ticket.voicemail": frozenset({"number", "category", "respond", "complete"}),
    "ticket.incident": frozenset({"number"}),
    "ticket.mediation": frozenset({"number", "category", "respond", "complete"}),
    "ticket.by_text": frozenset({"number", "category", "respond", "complete"}),
    "ticket.added": frozenset({"number"}),
    "ticket.merged": frozenset({"number"}),
    "ticket.status": frozenset({"number", "category", "state"}),
    "ticket.status_added": frozenset({"number", "category", "state"}),
    "ticket.not_found": frozenset({"phone"}),
    "ticket.not_found_opened": frozenset({"number", "respond"}),
    "stop.done": frozenset({"phone"}),
    "start.done": frozenset({"phone"}),
    "help": frozenset({"phone"}),
    "away": frozenset({"phone"}),
    "not_kept": frozenset({"phone"}),
    "visit.ask": frozenset({"number", "category", "outcome"}),
    "visit.ask_sealed": frozenset({"number", "phone"}),
    "visit.which": frozenset({"number"}),
    "visit.satisfied": frozenset({"number"}),
    "visit.not_satisfied": frozenset({"number"}),
    "visit.not_settled": frozenset({"number"}),
    "policy.article": frozenset({"title", "body", "source"}),
    "portal.code": frozenset({"code", "count"}),
    "portal.callback": frozenset({"number", "phone"}),
    "dispute.invited": frozenset({"number", "day", "time", "phone", "pin"}),
    "dispute.moved": frozenset({"number", "day", "time", "phone"}),
    "dispute.cancelled": frozenset({"number", "day", "time", "phone"}),
    "dispute.reminder": frozenset({"number", "day", "time", "phone"}),
    "dispute.court": frozenset({"number", "day", "phone"}),
    "hearing.invited": frozenset({"title", "day", "time", "phone", "pin"}),
    "hearing.reminder": frozenset({"title", "day", "time", "phone"}),
    "hearing.moved": frozenset({"title", "day", "time", "phone"}),
    "hearing.released": frozenset({"title", "day", "time", "phone"}),
    "hearing.cancelled": frozenset({"title", "day", "time", "phone"}),
}


def writable() -> Mapping[str, tuple[str, str]]:
    """The fields that may be written in a text message."""
    return _WRITABLE


def check_texts(library: FlowLibrary, documents: Mapping[str, Document]) -> list[Finding]:
    """All findings about text messages."""
    folder = documents["directory.yaml"].file.removesuffix("directory.yaml")
    findings: list[Finding] = []
    for tag in library.directory.languages:
        name = f"texts/{tag}.yaml"
        have = library.texts.by_language.get(tag, {})
        if name not in documents and tag != library.default_language:
            findings.append(_without_file(library, folder + name))
            continue
        findings += _missing(library, tag, folder + name, have)
        if name in documents:
            findings += _judged(documents[name], have)
    return findings


def _without_file(library: FlowLibrary, file: str) -> Finding:
    sentence = "There is no such file."
    hint = f"Texts are sent in {library.default_language} instead."
    return Finding(file, 1, 1, "warning", "missing-text", sentence, hint)


def _missing(
    library: FlowLibrary, tag: str, file: str, have: Mapping[str, Template]
) -> Iterator[Finding]:
    is_default = tag == library.default_language
    hint = "Add it." if is_default else f"{library.default_language} is sent instead."
    for key in TEXTS:
        if key not in have:
            yield Finding(
                file,
                1,
                1,
                "error" if is_default else "warning",
                "missing-text",
                f"Text `{key}` is missing.",
                hint,
            )


def _judged(document: Document, have: Mapping[str, Template]) -> Iterator[Finding]:
    signature = fill(have.get("signature", ()), {})
    for key, template in have.items():
        if key not in TEXTS:
            yield Finding(
                document.file,
                *document.key_places[(key,)],
                "warning",
                "unused-text",
                f"Text `{key}` is sent nowhere.",
            )
            continue
        for name in sorted(_fields(template) - TEXTS[key]):
            yield document.finding(
                (key,),
                "field",
                f"Text `{key}` is not given `{name}`.",
                f"It is given {', '.join(sorted(TEXTS[key])) or 'no field'}.",
            )
        count = segments(signature + _at_its_longest(template))
        if count > MOST_SEGMENTS:
            yield document.finding(
                (key,),
                "text-length",
                f"Text `{key}` takes {count} messages.",
                f"At most {MOST_SEGMENTS} are sent: say it in fewer words.",
            )


def _fields(template: Template) -> set[str]:
    return {part.name for part in template if isinstance(part, Field)}


def _at_its_longest(template: Template) -> str:
    return fill(template, {name: "x" * longest for name, (longest, _) in FIELDS.items()})
