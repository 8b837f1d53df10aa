"""Mutants of flow files: what slips of the keyboard, merges and malice make of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

FOREIGN = 0.17  # the share of changes that bring a word of another file
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_.\-]*|\+?\d+")
_PAYLOADS = (
    b"&a ", b"*a ", b"!!python/object/apply:os.system ", b"\t", b"\r\n", b"\xef\xbb\xbf", b"\x00",
    b"\xff", b"{{7*7}}", b"{ticket_number", b"{%", b"}", b"NO", b"0123", b"12:30", b"~", b"null",
    b"---\n", b"...\n", b"? ", b": ", b"- ", b"#", b"'", b'"', b"|\n", b">-\n", b"[", b"]", b"{",
    b"<Hangup/>", b"]]>", "\u202e".encode(), "\u2028".encode(), b"9" * 40, b"a" * 3000, b"%s%n",
)  # fmt: skip
_NUMBERS = (b"0", b"1", b"-1", b"9", b"30", b"600", b"86400", b"9" * 20, b"1.5", b"nan")


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
        if random.random() < FOREIGN:
            content = _word_of(random, content, files[random.choice(sorted(files))])
            how.append("a word of another file")
            continue
        change = random.choice(_CHANGES)
        content = change(random, content)
        how.append(change.__name__.strip("_").replace("_", " "))
    return Mutant(file, content, ", ".join(how))


def _other_word(random: Random, content: bytes) -> bytes:
    """A word becomes another word of the same file: a name that exists, at the wrong place."""
    return _word_of(random, content, content)


def _word_of(random: Random, content: bytes, other: bytes) -> bytes:
    """A word becomes one of another file."""
    words, others = list(_WORD.finditer(content)), _WORD.findall(other)
    if not words or not others:
        return content
    old, new = random.choice(words), bytes(random.choice(others))
    return content[: old.start()] + new + content[old.end() :]


def _another_number(random: Random, content: bytes) -> bytes:
    numbers = list(re.finditer(rb"\d+", content))
    if not numbers:
        return content
    old = random.choice(numbers)
    return content[: old.start()] + random.choice(_NUMBERS) + content[old.end() :]


def _without_a_line(random: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    if lines:
        del lines[random.randrange(len(lines))]
    return b"".join(lines)


def _a_line_twice(random: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
    return b"".join(lines)


def _lines_swapped(random: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) > 1:
        first, second = random.sample(range(len(lines)), 2)
        lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def _indented_anew(random: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    index = random.randrange(len(lines))
    lines[index] = b" " * random.randrange(9) + lines[index].lstrip()
    return b"".join(lines)


def _a_byte_changed(random: Random, content: bytes) -> bytes:
    index = random.randrange(len(content) + 1)
    return content[:index] + bytes([random.randrange(256)]) + content[index + 1 :]


def _a_stretch_removed(random: Random, content: bytes) -> bytes:
    start = random.randrange(len(content) + 1)
    return content[:start] + content[start + random.randrange(1, 60) :]


def _cut_off(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _payload_inserted(random: Random, content: bytes) -> bytes:
    index = random.randrange(len(content) + 1)
    return content[:index] + random.choice(_PAYLOADS) + content[index:]


_Change = Callable[[Random, bytes], bytes]
# Changes that leave good YAML behind come up more often: they test the proof, not the reader.
_CHANGES: Sequence[_Change] = (
    *(_other_word,) * 5,
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
