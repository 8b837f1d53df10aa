"""What a parser and a validator say for programmers, in words for those who write the files."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, YAMLError

Mark = tuple[int, int]  # a line and a column, both from 1
Told = tuple[Mark, str, str]  # where, what is wrong, and what to do

# Signs of a Chinese keyboard where YAML needs those of a Latin one: behind a key, around a value,
# between entries, before a line. Within a text that is spoken they are in order.
_WIDE = re.compile(
    r"^[ ]*(?:- +)?[A-Za-z0-9_.-]+(：)"
    r"|[:：][ ]*([｛［【“‘])"
    r"|[{\[,][^：{}]*?[A-Za-z0-9_.-](：)"
    r"|[A-Za-z0-9_.\]}-](，)[ ]*[A-Za-z0-9_.-]+:"
    r"|^[ ]*([\u3000\u00a0])"
)
_NARROW = {
    "：": "`:` and a space",
    "｛": "`{`",
    "［": "`[`",
    "【": "`[`",
    "“": '`"`',
    "‘": "`'`",
    "，": "`,`",
    "\u3000": "spaces of the Latin keyboard",
    "\u00a0": "spaces of the Latin keyboard",
}

# How a parser begins, whether it is told where the thing began, what is wrong, and what to do.
_PLAIN = (
    (
        "found character '\\t'",
        False,
        "A tab stands here.",
        "Indent with spaces, never with tabs.",
    ),
    (
        "could not find expected ':'",
        True,
        "This line has no `:` behind its key.",
        "Write `key: value`, or `key:`.",
    ),
    (
        "found unexpected end of stream",
        True,
        "The quote that opens here is never closed.",
        "Close it behind the text.",
    ),
    (
        "expected the node content",
        False,
        "A value is missing here.",
        "Write it, or take away the sign before it; every bracket that opens is closed.",
    ),
)
_SECOND_COLON = (
    "A second `:` stands in this line.",
    'A text with `: ` in it stands in quotes: `key: "one: two"`.',
)
_TOO_DEEP = (
    "This line is deeper than the one above, which is complete.",
    "Begin the line in the column of the keys it belongs to; an entry above ends in `:`.",
)
_ENDED = (
    "The value ends before this.",
    "Put the whole text into one pair of quotes; none may be open from a line above.",
)
_BELONGS_NOWHERE = (
    "This line belongs to nothing: it is indented wrongly.",
    "Keys that belong together begin in the same column: look at the lines above.",
)
_BAD_BEGINNINGS = (
    "found character",
    "sequence entries are not allowed",
    "expected URI",
    "expected a comment or a line break",
    "expected alphabetic or numeric character",
)

# By what kind of mistake a validator names; the fields are those of its context.
_VALUES = {
    "time_parsing": "write a time as 08:30",
    "date_from_datetime_parsing": "write a day as 2026-11-23",
    "date_parsing": "write a day as 2026-11-23",
    "list_type": "write a list, such as `[one, two]`",
    "tuple_type": "write a list, such as `[one, two]`",
    "dict_type": "write keys with their values, such as `{{key: value}}`",
    "model_type": "write keys with their values, such as `{{key: value}}`",
    "model_attributes_type": "write keys with their values, such as `{{key: value}}`",
    "string_type": "write one text",
    "int_parsing": "write a whole number, without a unit",
    "int_type": "write a whole number",
    "float_parsing": "write a number, without a unit",
    "bool_parsing": "write `true` or `false`",
    "bool_type": "write `true` or `false`",
    "literal_error": "write one of {expected}",
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "greater_than": "write more than {gt}",
    "less_than": "write less than {lt}",
    "too_short": "name {min_length} or more",
    "too_long": "name {max_length} or fewer",
    "string_too_short": "write {min_length} letters or more",
    "string_too_long": "write {max_length} letters or fewer",
    "string_pattern_mismatch": "it is not written as it must be, `{pattern}`",
}


def value_sentence(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """What must be written instead of a value that a validator refused."""
    sentence = _VALUES.get(kind)
    return sentence.format(**context) if sentence else message.removeprefix("Value error, ")


def syntax_told(text: str, error: YAMLError) -> Told:
    """Where a file ceases to be YAML, why, and what to do about it."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return (1, 1), f"YAML syntax: {str(error).splitlines()[0]}.", ""
    lines = text.splitlines()
    place, began = _mark(error.problem_mark), _mark(error.context_mark or error.problem_mark)
    return _wide_sign(lines, place[0]) or _told(lines, place, began, error.problem or "")


def _mark(mark: Any) -> Mark:
    return mark.line + 1, mark.column + 1


def _wide_sign(lines: Sequence[str], last: int) -> Told | None:
    """The sign of a Chinese keyboard in the line of a mistake, or in the one before."""
    for number in range(max(1, last - 1), min(last, len(lines)) + 1):
        match = _WIDE.search(lines[number - 1])
        if match is not None and match.lastindex is not None:
            sign = match.group(match.lastindex)
            place = number, match.start(match.lastindex) + 1
            return place, f"`{sign}` is a full-width sign.", f"Write {_NARROW[sign]} instead."
    return None


def _told(lines: Sequence[str], place: Mark, began: Mark, problem: str) -> Told:
    for beginning, is_where_it_began, sentence, hint in _PLAIN:
        if problem.startswith(beginning):
            return began if is_where_it_began else place, sentence, hint
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    before = line[: place[1] - 1]
    if problem.startswith("mapping values are not allowed"):
        return place, *(_SECOND_COLON if ": " in before else _TOO_DEEP)
    if problem.startswith("expected <block end>"):
        return place, *(_ENDED if before.strip() else _BELONGS_NOWHERE)
    if problem.startswith("expected ',' or"):
        return _unclosed(lines, place, began)
    if problem.startswith(_BAD_BEGINNINGS):
        at = began if "expected" in problem else place
        sign = lines[at[0] - 1][at[1] - 1 : at[1]]
        return at, f"A text cannot begin with `{sign}`.", 'Put it into quotes: `key: "…"`.'
    return place, f"YAML syntax: {problem}.", ""


def _unclosed(lines: Sequence[str], place: Mark, began: Mark) -> Told:
    opening = lines[began[0] - 1][began[1] - 1]
    closing = "}" if opening == "{" else "]"
    if place[0] != began[0]:
        sentence = f"The `{opening}` that opens here is not closed."
        return began, sentence, f"Close it with `{closing}` before line {place[0]}."
    hint = f"Put `,` between entries, `{closing}` at the end, and quotes around a text with `: `."
    return place, f"A `,` or `{closing}` is missing before this.", hint
