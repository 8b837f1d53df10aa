"""Each kind of entry of a ticket's history as a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.console.calls.book import Book
from app.console.naming import Names
from app.policies.shelf import PolicyShelf
from app.tickets.timeline.queries import Entry
from app.web.times import clock_span
from app.web.words import all_words

ICONS = {
    "opened": "plus",
    "state": "progress-check",
    "taken": "user-check",
    "assigned": "user-share",
    "offered": "arrows-exchange",
    "accepted": "user-check",
    "merged": "arrow-merge",
    "took_in": "arrow-merge",
    "linked": "link",
    "sealed": "lock",
    "unsealed": "lock-open",
    "looked_behind": "eye",
    "rerouted": "route",
    "priority": "flag",
    "alarm": "clock-exclamation",
    "asked": "message-circle",
    "said": "star",
    "satisfaction": "star",
    "calling_back": "phone-outgoing",
    "called_back": "phone-outgoing",
    "called_again": "phone-incoming",
    "detached": "trash",
}
WARNINGS = frozenset({"alarm", "expired", "declined", "called_again"})


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history. `tone` is `told` for what reached the caller, or `warning`.

    `recording` and `call` are SIDs, `file` the id of an attachment.
    """

    at: datetime
    icon: str
    who: str
    what: str
    body: str = ""
    tone: str = ""
    recording: str = ""
    call: str = ""
    file: int = 0


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells a history in the reader's language.

    `shelf` knows the titles of articles, `book` whose the telephones of the staff are.
    """

    names: Names
    shelf: PolicyShelf
    book: Book

    def moment(self, entry: Entry) -> Moment:
        """An entry as a line."""
        return _KINDS[entry.kind](self, entry)

    def say(self, key: str, **fields: object) -> str:
        """A text of the ticket's page."""
        return self.names.say(f"ticket.{key}", **fields)

    def who(self, entry: Entry) -> str:
        """Who did it; "" when that goes without saying."""
        return self.names.actor(entry.actor) if entry.actor else ""


def _event(teller: Teller, entry: Entry) -> Moment:
    tone = "warning" if entry.what in WARNINGS else ""
    icon = ICONS.get(entry.what, "history")
    what = _sentence(teller, entry)
    return Moment(entry.at, icon, teller.who(entry), what, entry.words, tone)


def _sentence(teller: Teller, entry: Entry) -> str:
    key = f"event.{entry.what}"
    maker = _SENTENCES.get(entry.what)
    if maker is not None:
        return maker(teller, entry.detail)
    if all_words().has(f"ticket.{key}"):
        return teller.say(key)
    return teller.say("event.other", event=entry.what)


def _state(teller: Teller, detail: Mapping[str, Any]) -> str:
    longer = f"event.state.{detail['to']}.{detail['from']}"
    key = longer if all_words().has(f"ticket.{longer}") else f"event.state.{detail['to']}"
    return teller.say(key)


def _assigned(teller: Teller, detail: Mapping[str, Any]) -> str:
    to = detail.get("to")
    return (
        teller.say("event.assigned", to=teller.names.person(to))
        if to
        else teller.say("event.assigned.nobody")
    )


def _offered(teller: Teller, detail: Mapping[str, Any]) -> str:
    return teller.say("event.offered", to=target_of(teller.names, detail))


def target_of(names: Names, detail: Mapping[str, Any]) -> str:
    """To whom an offer goes: a person, or anybody of a department."""
    to_staff = detail.get("to_staff")
    return names.person(to_staff) if to_staff else names.department(detail["to_department"] or "")


def _numbered(key: str, field: str = "number") -> Callable[[Teller, Mapping[str, Any]], str]:
    return lambda teller, detail: teller.say(f"event.{key}", number=detail.get(field, ""))


def _rerouted(teller: Teller, detail: Mapping[str, Any]) -> str:
    names = teller.names
    return teller.say(
        "event.rerouted",
        category=names.category(detail["to"]),
        department=names.department(detail["to_department"]),
    )


def _priority(teller: Teller, detail: Mapping[str, Any]) -> str:
    return teller.say("event.priority", priority=teller.names.coded("priority", detail["to"]))


def _alarm(teller: Teller, detail: Mapping[str, Any]) -> str:
    clock, level = detail["clock"], detail["level"]
    key = "event.alarm.over" if level == 100 else "event.alarm"
    return teller.say(key, clock=teller.say(f"event.clock.{clock}"), level=level)


def _word(teller: Teller, detail: Mapping[str, Any]) -> str:
    word = teller.names.coded("satisfaction", str(detail["word"]))
    return teller.say("event.satisfaction", word=word)


def _asked(teller: Teller, detail: Mapping[str, Any]) -> str:
    if "staff" in detail:  # somebody in the line of escalation
        person = teller.names.person(detail["staff"]) or teller.say(f"rung.{detail['rung']}")
        return teller.say("event.asked.staff", name=person, how=_how(teller, detail["result"]))
    key = f"event.asked.{detail['by']}"
    return teller.say(key, how=_how(teller, detail["how"]))


def _called_back(teller: Teller, detail: Mapping[str, Any]) -> str:
    return teller.say("event.called_back", how=_how(teller, detail["how"]))


def _how(teller: Teller, how: object) -> str:
    key = f"how.{how}"
    return teller.say(key) if all_words().has(f"ticket.{key}") else str(how)


_SENTENCES: dict[str, Callable[[Teller, Mapping[str, Any]], str]] = {
    "state": _state,
    "assigned": _assigned,
    "offered": _offered,
    "linked": _numbered("linked"),
    "unlinked": _numbered("unlinked"),
    "merged": _numbered("merged", "into"),
    "took_in": _numbered("took_in"),
    "gave_back": _numbered("gave_back"),
    "rerouted": _rerouted,
    "priority": _priority,
    "alarm": _alarm,
    "said": _word,
    "satisfaction": _word,
    "asked": _asked,
    "called_back": _called_back,
}


def _note(teller: Teller, entry: Entry) -> Moment:
    way = entry.detail.get("way")
    what = teller.say(f"event.told.{way}" if way else "event.noted")
    tone, icon = ("told", "message-circle") if way else ("", "note")
    return Moment(entry.at, icon, teller.who(entry), what, entry.words, tone)


def _call(teller: Teller, entry: Entry) -> Moment:
    detail = entry.detail
    if entry.what == "dialled":
        what = _dialled(teller, detail)
        return Moment(entry.at, "phone-outgoing", teller.who(entry), what, call=str(detail["sid"]))
    inbound, seconds = detail["direction"] == "inbound", detail["seconds"]
    length = clock_span(seconds if isinstance(seconds, int) else None)
    if not inbound and detail["status"] not in ("completed", "in-progress"):
        key = "event.call.missed"
    else:
        key = "event.call" if inbound else "event.call.out"
    icon = "phone-incoming" if inbound else "phone-outgoing"
    who = teller.say("actor.caller") if inbound else ""
    return Moment(entry.at, icon, who, teller.say(key, length=length), call=str(detail["sid"]))


def _dialled(teller: Teller, detail: Mapping[str, Any]) -> str:
    """How a call went that one of ours made in the browser."""
    if detail["status"] == "completed":
        return teller.say("event.dialled.talked", length=clock_span(detail["seconds"]))
    how = str(detail["status"]).replace("-", "_")
    if not all_words().has(f"ticket.how.{how}"):
        return teller.say("event.dialled")
    return teller.say("event.dialled.how", how=teller.say(f"how.{how}"))


def _recording(teller: Teller, entry: Entry) -> Moment:
    seconds = entry.detail["seconds"]
    length = clock_span(seconds if isinstance(seconds, int) else None)
    what = teller.say("event.recording", length=length)
    return Moment(entry.at, "microphone", "", what, recording=str(entry.detail["sid"]))


def _text(teller: Teller, entry: Entry) -> Moment:
    if entry.what == "in":
        who, what = teller.say("actor.caller"), teller.say("event.text_in")
        return Moment(entry.at, "message", who, what, entry.words)
    status = str(entry.detail["status"])
    key = f"text.status.{status}"
    told = teller.say(key) if all_words().has(f"ticket.{key}") else status
    ours = teller.book.name(str(entry.detail["number"]))  # the caller's is nobody's of the staff
    key = "event.text_out.to" if ours else "event.text_out"
    what = teller.say(key, to=ours, status=told)
    failed = status in ("failed", "undelivered")
    return Moment(entry.at, "send", "", what, entry.words, "warning" if failed else "told")


def _attachment(teller: Teller, entry: Entry) -> Moment:
    what, file_id = teller.say("event.attached"), entry.detail["id"]
    assert isinstance(file_id, int)
    return Moment(entry.at, "paperclip", teller.who(entry), what, entry.words, file=file_id)


def _reading(teller: Teller, entry: Entry) -> Moment:
    article = str(entry.detail["article"])
    known = teller.shelf.has(article)
    title = teller.shelf.read(article, teller.names.language).title if known else article
    what = teller.say("event.read", title=title, how=teller.say(f"event.read.{entry.what}"))
    tone = "told" if entry.what == "whole" else ""
    return Moment(entry.at, "volume", teller.who(entry), what, tone=tone)


_KINDS: dict[str, Callable[[Teller, Entry], Moment]] = {
    "event": _event,
    "note": _note,
    "call": _call,
    "recording": _recording,
    "text": _text,
    "attachment": _attachment,
    "reading": _reading,
}
