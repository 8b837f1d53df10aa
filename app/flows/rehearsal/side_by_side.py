"""A failure as it is shown: what was expected and what was heard, side by side."""

from collections.abc import Iterator, Sequence

from app.flows.rehearsal.columns import (
    Marked,
    beside,
    column,
    compared,
    likeness,
    padded,
    shortened,
    unmarked,
)
from app.flows.rehearsal.judging import Difference
from app.flows.rehearsal.performance import Failure
from app.flows.rehearsal.report import Result

NARROWEST = 60
INDENT = "  "
NOTHING = "(nothing)"


def side_by_side(result: Result, width: int = 80) -> str:
    """The whole picture of a failure, for a terminal of a width. Empty when there is none."""
    failure = result.failure
    if failure is None:
        return ""
    lines = [
        f"{result.scene.title} [{result.language}]",
        f"{INDENT}{result.place}: {failure.difference.sentence}",
        *_circumstances(failure, max(width, NARROWEST)),
        *_columns(failure.difference, max(width, NARROWEST)),
    ]
    return "\n".join(lines)


def _circumstances(failure: Failure, width: int) -> Iterator[str]:
    """The turn before, what the caller did, and where the call is now."""
    if failure.before is not None:
        heard = " ".join(one.text for one in failure.before.heard) or NOTHING
        before = f"{INDENT}before   at {failure.before.node}: {heard}"
        yield shortened(before, width)
    now = f", now at {failure.difference.node}" if failure.difference.node else ""
    yield shortened(f"{INDENT}then     {failure.did}{now}", width)


def _columns(difference: Difference, width: int) -> Iterator[str]:
    each = (width - len(INDENT) - 3) // 2
    expected, heard = _marked(difference)
    title = "heard" if not difference.happened else "what there is"
    yield f"{INDENT}{padded('expected', each)} │ {title}"
    yield f"{INDENT}{'─' * each}─┼─{'─' * each}"
    left, right = list(column(expected, each)), list(column(heard, each))
    for line in beside(left, right, each):
        yield INDENT + line


def _marked(difference: Difference) -> tuple[list[Marked], list[Marked]]:
    """Both sides; what comes nearest to what was expected is marked where they differ."""
    texts = difference.happened or tuple(one.text for one in difference.heard) or (NOTHING,)
    expected = difference.expected
    key, colon, words = expected.partition(": ")
    said = words if colon and difference.heard else expected
    nearest = max(range(len(texts)), key=lambda index: likeness(said, texts[index]))
    one, other = compared(said, texts[nearest])
    left = [one] if said == expected else [unmarked(f"{key}:"), one]
    return left, [_item(text, other if index == nearest else None)
                  for index, text in enumerate(texts)]  # fmt: skip


def _item(text: str, marked: Marked | None) -> Marked:
    """One thing that was heard, with a point before it."""
    known = marked or unmarked(text)
    return Marked(f"· {known.text}", (False, False, *known.differs))


def failures_text(results: Sequence[Result], width: int = 80) -> str:
    """All failures, a line between them."""
    return "\n\n".join(side_by_side(result, width) for result in results if result.failure)
