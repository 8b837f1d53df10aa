"""The caller's word about a resolved ticket: by key, by speech or by text."""

from collections.abc import Mapping
from typing import Literal, get_args

from app.flows.inputs import Input, Pressed, Spoke
from app.flows.words import chosen

Satisfaction = Literal["satisfied", "not_satisfied", "not_settled"]

BY_KEY: Mapping[str, Satisfaction] = dict(zip("123", get_args(Satisfaction), strict=True))

# What people say for each key. The longest words heard decide, so 不满意 is never heard as 满意.
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "zh-CN": {
        "1": ("满意", "很满意", "非常满意", "解决了", "办好了"),
        "2": ("不满意", "不太满意", "不怎么满意", "不是很满意", "很不满意"),
        "3": (
            "没解决",
            "没有解决",
            "还没解决",
            "未解决",
            "没办好",
            "没有办好",
            "没处理",
            "没有处理",
        ),
    },
    "en-US": {
        "1": ("satisfied", "settled", "solved"),
        "2": ("not satisfied", "unsatisfied", "dissatisfied"),
        "3": ("not settled", "not solved", "unsettled", "unsolved"),
    },
}
_TRIMMED = " \t\r\n。.!！,，、“”\"'「」【】()（）"


def hints(language: str) -> tuple[str, ...]:
    """The words that recognition should expect; empty for a language nobody wrote them in."""
    return tuple(word for said in WORDS.get(language, {}).values() for word in said)


def word_of(given: Input, language: str) -> Satisfaction | None:
    """The word that was pressed or said (`2`, `不满意`, `三`, `not settled`), or None."""
    if isinstance(given, Spoke):
        return BY_KEY.get(chosen(given.words, WORDS.get(language, {}), language))
    return BY_KEY.get(given.digits) if isinstance(given, Pressed) else None


def written_word(text: str) -> tuple[Satisfaction | None, str]:
    """The word of a text message in any language, and what else it says.

    The word comes first, alone or set off by a mark or a space: `2`, `不满意！`, `3，水又停了`.
    A text that holds such a word further on may mean something quite different: it has none.
    """
    for key, said in _WRITTEN:
        rest = _behind(text.strip(_TRIMMED), said)
        if rest is not None:
            return BY_KEY[key], rest
    return None, ""


# The longest first, so that `not satisfied` is read as a whole.
_WRITTEN: tuple[tuple[str, str], ...] = tuple(
    sorted(
        (
            (key, word)
            for options in WORDS.values()
            for key, said in options.items()
            for word in (key, *said)
        ),
        key=lambda pair: -len(pair[1]),
    )
)


def _behind(text: str, word: str) -> str | None:
    """What follows a word at the beginning of a text; None when it does not stand there alone."""
    written = " ".join(text.split())
    if not written.lower().startswith(word):
        return None
    rest = written[len(word) :]
    if rest and rest[0] not in _TRIMMED + "：:;；":
        return None
    return rest.strip(_TRIMMED + "：:;；")
