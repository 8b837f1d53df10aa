"""What a caller or a member of staff would notice between two versions: changes, not lines.

Pure, on two compiled libraries. A change has a kind and the fields that its sentence needs; the
sentences themselves are words of the pages (`flow_changes.yaml`), in Chinese and English.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from app.flows.library import FlowLibrary, Prompts
from app.flows.node import Node
from app.flows.nodes.menu import MenuNode, MenuOption
from app.flows.prompts import Template
from app.flows.references import NodeRef

Leaf = tuple[tuple[str, ...], Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different. `subject` groups changes: a node, a prompt, a department."""

    kind: str
    subject: str
    fields: Mapping[str, str] = field(default_factory=dict)


def differences(before: FlowLibrary, after: FlowLibrary) -> list[Change]:
    """Every change between two versions, in the order in which a reader asks for them."""
    return [
        *_nodes(before, after),
        *_spoken("prompt", before.prompts, after.prompts),
        *_spoken("text", before.texts, after.texts),
        *_articles(before, after),
        *_directory(before, after),
    ]


def _nodes(before: FlowLibrary, after: FlowLibrary) -> Iterator[Change]:
    for address in _either(before.nodes, after.nodes):
        old, new = before.nodes.get(address), after.nodes.get(address)
        if old is None and new is not None:
            yield Change("node.added", address, {"type": new.key})
        elif new is None and old is not None:
            yield Change("node.removed", address, {"type": old.key})
        elif old is not None and new is not None and old != new:
            yield from _node(address, old, new)
    for flow in sorted(before.staff_flows ^ after.staff_flows):
        to = "staff" if flow in after.staff_flows else "callers"
        yield Change(f"audience.{to}", flow)


def _node(address: str, old: Node, new: Node) -> Iterator[Change]:
    if old.key != new.key:
        yield Change("node.type", address, {"before": old.key, "after": new.key})
        return
    skipped: tuple[str, ...] = ()
    if isinstance(old, MenuNode) and isinstance(new, MenuNode):
        yield from _options(address, old.options, new.options)
        skipped = ("options",)
    yield from _values("node", address, old, new, skipped)


def _options(
    address: str, old: Mapping[str, MenuOption], new: Mapping[str, MenuOption]
) -> Iterator[Change]:
    for key in _either(old, new):
        if key not in old:
            yield Change("option.added", address, {"digit": key, "after": new[key].go})
        elif key not in new:
            yield Change("option.removed", address, {"digit": key, "before": old[key].go})
        else:
            was, now = old[key], new[key]
            if was.go != now.go:
                told = {"digit": key, "before": was.go, "after": now.go}
                yield Change("option.goes", address, told)
            for tag in _either(was.words, now.words):
                said = {"before": _listed(was.words.get(tag)), "after": _listed(now.words.get(tag))}
                if said["before"] != said["after"]:
                    yield Change("option.words", address, {"digit": key, "tag": tag, **said})


def _spoken(kind: str, before: Prompts, after: Prompts) -> Iterator[Change]:
    for tag in _either(before.by_language, after.by_language):
        old, new = before.by_language.get(tag, {}), after.by_language.get(tag, {})
        for key in _either(old, new):
            was, now = written(old.get(key, ())), written(new.get(key, ()))
            if was != now:
                how = "says" if was and now else "added" if now else "removed"
                told = {"tag": tag, "before": was, "after": now}
                yield Change(f"{kind}.{how}", key, told)


def written(template: Template) -> str:
    """A prompt as its file writes it."""
    return "".join(
        part if isinstance(part, str) else f"{{{part.name}:{part.spoken}}}" for part in template
    )


def _articles(before: FlowLibrary, after: FlowLibrary) -> Iterator[Change]:
    tags = _either(before.languages, after.languages)
    old, new = set(before.articles.keys()), set(after.articles.keys())
    for key in _either(before.articles.keys(), after.articles.keys()):
        if key not in old or key not in new:
            shelf = after.articles if key in new else before.articles
            title = shelf.read(key, after.default_language).title
            yield Change(
                "article.added" if key in new else "article.removed", key, {"title": title}
            )
            continue
        for tag in tags:
            was, now = before.articles.read(key, tag), after.articles.read(key, tag)
            for part in ("title", "short", "full", "source"):
                told = {"before": getattr(was, part), "after": getattr(now, part)}
                if told["before"] != told["after"]:
                    yield Change(f"article.{part}", key, {"tag": tag, **told})


def _directory(before: FlowLibrary, after: FlowLibrary) -> Iterator[Change]:
    old, new = before.directory, after.directory
    for kind, was, now in (
        ("department", old.departments, new.departments),
        ("category", old.categories, new.categories),
        ("language", old.languages, new.languages),
    ):
        for key in _either(was, now):
            if key not in was:
                yield Change(f"{kind}.added", key)
            elif key not in now:
                yield Change(f"{kind}.removed", key)
            else:
                yield from _values(kind, key, was[key], now[key])
    apart = ("departments", "categories", "languages")
    yield from _values("directory", "", old, new, apart)
    if old.calendar.overlay != new.calendar.overlay:
        yield Change("calendar", "")


def _values(
    kind: str, subject: str, old: BaseModel, new: BaseModel, skipped: Sequence[str] = ()
) -> Iterator[Change]:
    """Changed fields of two models of one type; where one leads to a node, that is said so."""
    was = {path: value for path, value in _leaves(old) if path[0] not in skipped}
    now = {path: value for path, value in _leaves(new) if path[0] not in skipped}
    for path in _either(was, now):
        if was.get(path) != now.get(path):
            told = {"field": ".".join(path), "before": _said(was.get(path)),
                    "after": _said(now.get(path))}  # fmt: skip
            leads = isinstance(was.get(path) or now.get(path), NodeRef)
            yield Change(f"{kind}.goes" if leads else f"{kind}.field", subject, told)


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """The values within a model by the names that lead to them; lists of plain values whole."""
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(value, list | tuple) and any(isinstance(item, BaseModel) for item in value):
        for index, item in enumerate(value, start=1):
            yield from _leaves(item, (*path, str(index)))
    else:
        yield path, value


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return _listed([_said(item) for item in value])
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _listed(words: Sequence[str] | None) -> str:
    return ", ".join(words) if words else "–"


def _either(one: Any, other: Any) -> list[Any]:
    """The keys of both, in the order of the first, then what only the second has."""
    return list(dict.fromkeys([*one, *other]))
