"""What nobody understood, grouped; the words are encrypted, so they are read to be found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from app.policies.models import UnansweredWords
from app.tickets.search.terms import contains, folded

LOOKED_AT = 1_000  # utterances of a page: decrypting more takes more than 50 ms


@dataclass(frozen=True, slots=True)
class Asked:
    """Which utterances: of a time, of a node or a whole flow, in a language, with words in them.

    `before` is the id of an utterance: only older ones are looked at.
    """

    since: datetime
    until: datetime
    node: str = ""
    language: str = ""
    words: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same words at the same node, as they were said last. `calls` are at most five of them."""

    words: str
    node: str
    language: str
    count: int
    last_at: datetime
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found among the utterances looked at; `next` goes on to older ones."""

    phrases: tuple[Phrase, ...]
    utterances: int
    looked_until: datetime | None = None
    next: int | None = None


MOST_CALLS = 5
_READ: tuple[Any, ...] = (
    UnansweredWords.id,
    UnansweredWords.call_sid,
    UnansweredWords.node,
    UnansweredWords.words,
    UnansweredWords.language,
    UnansweredWords.at,
)


def phrases(connection: Connection, asked: Asked, *, looked_at: int = LOOKED_AT) -> Found:
    """The phrases that were said most, among the latest utterances."""
    rows = connection.execute(_latest(asked).limit(looked_at)).all()
    matching = [row for row in rows if contains([row.words], asked.words)]
    more = rows[-1] if len(rows) == looked_at else None
    return Found(
        _grouped(matching),
        len(matching),
        more.at if more else None,
        more.id if more else None,
    )


def all_phrases(connection: Connection, asked: Asked) -> Iterator[Phrase]:
    """The phrases of all utterances, for an export."""
    rows = connection.execute(_latest(asked))
    yield from _grouped(row for row in rows if contains([row.words], asked.words))


def _latest(asked: Asked) -> Select[Any]:
    words = UnansweredWords
    query = (
        select(*_READ)
        .where(words.at >= asked.since, words.at < asked.until)
        .order_by(words.at.desc(), words.id.desc())
    )
    if asked.node:
        one = words.node == asked.node
        query = query.where(
            one if "." in asked.node else words.node.startswith(f"{asked.node}.", autoescape=True)
        )
    if asked.language:
        query = query.where(words.language == asked.language)
    if asked.before is not None:
        query = query.where(words.id < asked.before)
    return query


def _grouped(rows: Iterable[Row[Any]]) -> tuple[Phrase, ...]:
    """Rows, the latest first, as phrases, the most frequent first."""
    groups: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in rows:
        key = (" ".join(folded(row.words).split()), row.node, row.language)
        groups.setdefault(key, []).append(row)
    found = [
        Phrase(
            said[0].words, node, language, len(said), said[0].at,
            tuple(dict.fromkeys(row.call_sid for row in said))[:MOST_CALLS],
        )
        for (_, node, language), said in groups.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda phrase: (-phrase.count, phrase.words)))
