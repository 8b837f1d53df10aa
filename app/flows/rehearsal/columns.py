"""Text in columns of a terminal, where a Chinese character takes two places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from unicodedata import east_asian_width

MARK = "~"
NEVER_FIRST = "，。、；：！？”）》"  # no line begins with one of these
_WORD = re.compile(r"[A-Za-z0-9']+|.", re.DOTALL)
ALIKE = 0.5  # texts less alike than that are simply different: no letters are marked


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, and which of its letters differ from another."""

    text: str
    differs: tuple[bool, ...]


def unmarked(text: str) -> Marked:
    """A text with nothing marked."""
    return Marked(text, (False,) * len(text))


def likeness(expected: str, heard: str) -> float:
    """How much of a text is in another, in its order, from 0 to 1. Letters alone are chance."""
    matcher = SequenceMatcher(None, expected, heard, autojunk=False)
    found = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
    return found / max(1, len(expected))


def compared(expected: str, heard: str) -> tuple[Marked, Marked]:
    """Two texts with the words marked in which they differ; in Chinese each letter is one.

    `…` stands for anything, and what is heard before and after what was expected is no difference.
    """
    if likeness(expected, heard) < ALIKE:
        return unmarked(expected), unmarked(heard)
    one, other = _WORD.findall(expected), _WORD.findall(heard)
    changes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    left, right = [False] * len(one), [False] * len(other)
    for number, (kind, begin, end, from_, to) in enumerate(changes):
        around = kind == "insert" and number in (0, len(changes) - 1)
        if kind == "equal" or around or one[begin:end] == ["…"]:
            continue
        left[begin:end] = [True] * (end - begin)
        right[from_:to] = [True] * (to - from_)
    return _letters(one, left), _letters(other, right)


def _letters(words: Sequence[str], differs: Sequence[bool]) -> Marked:
    marks = (mark for word, mark in zip(words, differs, strict=True) for _ in word)
    return Marked("".join(words), tuple(marks))


def width_of(text: str) -> int:
    """How many places of a terminal a text takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def column(texts: Sequence[Marked], width: int) -> Iterator[str]:
    """Texts wrapped to a width, each line with marks below the letters that differ."""
    for text in texts:
        for start, end in _lines(text.text, width):
            yield text.text[start:end].rstrip()
            marks = _marks(text, start, end)
            if marks.strip():
                yield marks.rstrip()


def beside(left: Sequence[str], right: Sequence[str], width: int) -> Iterator[str]:
    """Two columns as lines; `width` is that of the left one."""
    for one, other in zip_longest(left, right, fillvalue=""):
        yield f"{padded(one, width)} │ {other}".rstrip()


def padded(text: str, width: int) -> str:
    """A text with spaces up to a width."""
    return text + " " * (width - width_of(text))


def shortened(text: str, width: int) -> str:
    """The beginning of a text, with `…` when it is longer than the width."""
    if width_of(text) <= width:
        return text
    start, end = next(_lines(text, width - 1))
    return text[start:end].rstrip() + "…"


def _marks(text: Marked, start: int, end: int) -> str:
    return "".join(
        (MARK if differs else " ") * width_of(letter)
        for letter, differs in zip(text.text[start:end], text.differs[start:end], strict=True)
    )


def _lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends: broken after a space, or at any wide letter."""
    start = 0
    while start < len(text):
        end, places = start, 0
        while end < len(text) and places + width_of(text[end]) <= width:
            places += width_of(text[end])
            end += 1
        end = max(end, start + 1)
        if end < len(text):
            end = _break(text, start, end)
        yield start, end
        start = end


def _break(text: str, start: int, end: int) -> int:
    """The last place before `end` where a line may be broken; `end` when there is none."""
    for place in range(end, start, -1):
        before, after = text[place - 1], text[place]
        is_place = before == " " or 2 in (width_of(before), width_of(after))
        if is_place and after not in NEVER_FIRST:
            return place
    return end
