"""The telephones of `directory.yaml`, changed from the console; comments and order stay."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from app.flows.files import Files

FILE = "directory.yaml"
Telephones = Mapping[str, Sequence[str]]


def telephones(files: Files) -> dict[str, list[str]]:
    """The duty telephones by place: `duty.officers`, `duty.mediators`, `departments.<key>`."""
    source = _yaml().load(files[FILE].decode("utf-8-sig"))
    found = {f"duty.{name}": list(source["duty"][name]) for name in ("officers", "mediators")}
    for key, department in source["departments"].items():
        found[f"departments.{key}"] = list(department["numbers"])
    return {place: [str(number) for number in numbers] for place, numbers in found.items()}


def with_telephones(files: Files, changed: Telephones) -> Files:
    """The same files with other telephones; whether those are good is for others to judge."""
    standing = telephones(files)
    changed = {place: list(to) for place, to in changed.items() if list(to) != standing[place]}
    if not changed:
        return files
    yaml = _yaml()
    source = yaml.load(files[FILE].decode("utf-8-sig"))
    for place, numbers in changed.items():
        _put(source, place, numbers)
    text = BytesIO()
    yaml.dump(source, text)
    return {**files, FILE: text.getvalue()}


def _put(source: Any, place: str, numbers: Sequence[str]) -> None:
    first, name = place.split(".", 1)
    owner, key = (source[first], name) if first == "duty" else (source[first][name], "numbers")
    fresh = CommentedSeq(DoubleQuotedScalarString(number) for number in numbers)
    fresh.fa.set_flow_style()
    owner[key] = fresh


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4_096
    yaml.indent(sequence=4, offset=2)
    return yaml
