"""The telephones of `directory.yaml`, changed from the console; comments and order stay.

Nothing is written that would not pass `hotline flows check`.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from app.flows.compiler import compile_folder
from app.flows.dialling import judge_numbers
from app.flows.findings import FlowError
from app.policies.shelf import load_shelf

FILE = "directory.yaml"
Telephones = Mapping[str, Sequence[str]]


class DirectoryFileError(Exception):
    """The file cannot be written here; the text says why."""


def telephones(folder: Path) -> dict[str, list[str]]:
    """The duty telephones by place: `duty.officers`, `duty.mediators`, `departments.<key>`."""
    source = _yaml().load((folder / FILE).read_text(encoding="utf-8"))
    found = {f"duty.{name}": list(source["duty"][name]) for name in ("officers", "mediators")}
    for key, department in source["departments"].items():
        found[f"departments.{key}"] = list(department["numbers"])
    return {place: [str(number) for number in numbers] for place, numbers in found.items()}


def change_telephones(folder: Path, changed: Telephones) -> None:
    """Put other telephones in. Raises FlowError with places, or DirectoryFileError."""
    standing = telephones(folder)
    changed = {place: list(to) for place, to in changed.items() if list(to) != standing[place]}
    if not changed:
        return
    yaml = _yaml()
    source = yaml.load((folder / FILE).read_text(encoding="utf-8"))
    for place, numbers in changed.items():
        _put(source, place, numbers)
    text = StringIO()
    yaml.dump(source, text)
    _check(folder, text.getvalue())
    _replace(folder / FILE, text.getvalue())


def _put(source: Any, place: str, numbers: Sequence[str]) -> None:
    first, name = place.split(".", 1)
    owner, key = (source[first], name) if first == "duty" else (source[first][name], "numbers")
    fresh = CommentedSeq(DoubleQuotedScalarString(number) for number in numbers)
    fresh.fa.set_flow_style()
    owner[key] = fresh


def _check(folder: Path, text: str) -> None:
    """Compile a copy of the folder with the new text, and look at its telephones."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        (copy / FILE).write_text(text, encoding="utf-8")
        library = compile_folder(copy, load_shelf(copy / "policies"))
        judged = judge_numbers(library.directory, library.origins.directory)
        refused = [finding for finding in judged if finding.severity == "error"]
        if refused:
            raise FlowError(refused)


def _replace(path: Path, text: str) -> None:
    """All of the new file or all of the old one, whenever somebody looks."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise DirectoryFileError(error.strerror or type(error).__name__) from error


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4_096
    yaml.indent(sequence=4, offset=2)
    return yaml
