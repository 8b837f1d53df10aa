"""Mutants of flow files: what slips of the keyboard, merges and malice make of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_.\-]*|\+?\d+")
_PAYLOADS = (
    b"&a ", b"*a ", b"!!python/object/apply:os.system ", b"\t", b"\r\n", b"\xef\xbb\xbf", b"\x00",
    b"\xff", b"{{7*7}}", b"{ticket_number", b"{%", b"}", b"NO", b"0123", b"12:30", b"~", b"null",
    b"---\n", b"...\n", b"? ", b": ", b"- ", b"#", b"'", b'"', b"|\n", b">-\n", b"[", b"]", b"{",
    b"<Hangup/>", b"]]>", "\u202e".encode(), "\u2028".encode(), b"9" * 40, b"a" * 3000, b"%s%n",
)  # fmt: skip
_NUMBERS = (b"0", b"1", b"-1", b"9", b"30", b"600", b"86400", b"99999999999999999999", b"1.5", b"nan")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file's new content, and how it was made."""

    file: str
    content: bytes
    how: str


def mutant(random: Random, files: Mapping[str, bytes]) -> Mutant:
    """A random mutant of one of the files, changed in one to three ways."""
    file = random.choice(sorted(files))
    content = files[file]
    how = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        change = random.choice(_CHANGES)
        content = change(random, content, files)
        how.append(change.__name__.strip("_"))
    return Mutant(file, content, ", ".join(how))


def _other_word(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    """A word becomes another word of the same file: a name that exists, at the wrong place."""
    words = list(_WORD.finditer(content))
    if len(words) < 2:
        return content
    old, new = random.sample(words, 2)
    return content[: old.start()] + new.group() + content[old.end() :]


def _word_of_another_file(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    """A word becomes one of any file."""
    words = list(_WORD.finditer(content))
    others = _WORD.findall(files[random.choice(sorted(files))])
    if not words or not others:
        return content
    old = random.choice(words)
    return content[: old.start()] + random.choice(others) + content[old.end() :]


def _another_number(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    numbers = list(re.finditer(rb"\d+", content))
    if not numbers:
        return content
    old = random.choice(numbers)
    return content[: old.start()] + random.choice(_NUMBERS) + content[old.end() :]


def _without_a_line(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    lines = content.splitlines(keepends=True)
    if lines:
        del lines[random.randrange(len(lines))]
    return b"".join(lines)


def _a_line_twice(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
    return b"".join(lines)


def _lines_swapped(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) > 1:
        first, second = random.sample(range(len(lines)), 2)
        lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def _indented_anew(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    index = random.randrange(len(lines))
    lines[index] = b" " * random.randrange(9) + lines[index].lstrip()
    return b"".join(lines)


def _a_byte_changed(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    index = random.randrange(len(content) + 1)
    return content[:index] + bytes([random.randrange(256)]) + content[index + 1 :]


def _a_stretch_removed(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    start = random.randrange(len(content) + 1)
    return content[:start] + content[start + random.randrange(1, 60) :]


def _cut_off(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _payload_inserted(random: Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    index = random.randrange(len(content) + 1)
    return content[:index] + random.choice(_PAYLOADS) + content[index:]


_Change = Callable[[Random, bytes, Mapping[str, bytes]], bytes]
# Changes that leave good YAML behind come up more often: they test the proof, not the reader.
_CHANGES: Sequence[_Change] = (
    *(_other_word,) * 5,
    *(_word_of_another_file,) * 4,
    *(_another_number,) * 3,
    *(_without_a_line,) * 2,
    _a_line_twice,
    *(_lines_swapped,) * 2,
    _indented_anew,
    _a_byte_changed,
    _a_stretch_removed,
    _cut_off,
    _payload_inserted,
)
