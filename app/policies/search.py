"""Finding the article that a caller means, from words as a speech recogniser gives them.

Recognisers write homophones for dialect speech (`后期服侍` for `后期扶持`). So each text is looked
at in three ways: by pairs of characters, by single characters, and by pairs of sounds, where sounds
that Hunan speech merges are equal. Each view gives BM25 scores; they are weighed and added up.

The library bm25s was measured and left out: with numpy it costs each worker 19 MB for 25 articles.
"""

import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# pypinyin loads 45 MB of phrases unless told not to; single characters are enough here.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

K1, B = 1.2, 0.6
SINGLE_WEIGHT, SOUND_WEIGHT = 0.3, 0.6
FLOOR = 2.5  # below this nothing is near: rather a person than a wrong article
NEAR = 0.55  # an article counts beside the best one when it has this share of its score

_STOP = frozenset("的了吗呢啊吧是我你他她它们想问请一下这那个有什么怎么能不能可以要多少")
_ENGLISH_STOP = frozenset(
    (
        "a an and are about be can do does for how i if in is it me my of on or the to want what "
        "when which who will with you your"
    ).split()
)
# Initials and finals that are one sound in the speech of Hunan.
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("hu", "f"))


@dataclass(slots=True)
class _View:
    """One way to look at the texts: BM25 over their terms."""

    lengths: dict[str, int] = field(default_factory=dict)
    postings: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, key: str, terms: Sequence[str]) -> None:
        self.lengths[key] = len(terms)
        for term, count in Counter(terms).items():
            self.postings.setdefault(term, {})[key] = count

    def scores(self, terms: Iterable[str]) -> dict[str, float]:
        total = len(self.lengths)
        average = sum(self.lengths.values()) / max(total, 1)
        scores: dict[str, float] = {}
        for term in set(terms):
            found = self.postings.get(term, {})
            rarity = math.log(1 + (total - len(found) + 0.5) / (len(found) + 0.5))
            for key, count in found.items():
                length = 1 - B + B * self.lengths[key] / average
                gain = rarity * count * (K1 + 1) / (count + K1 * length)
                scores[key] = scores.get(key, 0.0) + gain
        return scores


class SpokenSearch:
    """Search over texts by key: titles and caller's words count most, the clauses a little."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        """`texts` gives for each key its texts, the telling ones repeated."""
        self._views = [
            (1.0, letter_terms, _View()),
            (SINGLE_WEIGHT, single_terms, _View()),
            (SOUND_WEIGHT, sound_terms, _View()),
        ]
        for key, parts in texts.items():
            for _, terms, view in self._views:
                view.add(key, [term for part in parts for term in terms(part)])

    def find(self, words: str, limit: int) -> list[str]:
        """Keys that answer the words, best first; empty when none is near enough."""
        scores: dict[str, float] = {}
        for weight, terms, view in self._views:
            for key, score in view.scores(terms(words)).items():
                scores[key] = scores.get(key, 0.0) + weight * score
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] < FLOOR:
            return []
        best = ranked[0][1]
        return [key for key, score in ranked[:limit] if score >= NEAR * best]


def letter_terms(text: str) -> list[str]:
    """Latin words, lightly stemmed, and pairs of Chinese characters."""
    terms: list[str] = []
    for run, latin in _runs(text):
        if latin:
            terms += [_stem(word) for word in run.split() if word not in _ENGLISH_STOP]
        else:
            terms += [first + second for first, second in pairwise(_telling(run))]
    return terms


def single_terms(text: str) -> list[str]:
    """Single Chinese characters."""
    return [letter for run, latin in _runs(text) if not latin for letter in _telling(run)]


def sound_terms(text: str) -> list[str]:
    """Two-grams of how the Chinese characters sound; single sounds are too common to tell."""
    from pypinyin import lazy_pinyin

    terms: list[str] = []
    for run, latin in _runs(text):
        if not latin:
            sounds = [_merged(sound) for sound in lazy_pinyin(_telling(run))]
            terms += ["/".join(pair) for pair in pairwise(sounds)]
    return terms


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    """The text cut into runs of Latin words and runs of Chinese characters."""
    latin, chinese = "", ""
    for character in text.lower():
        if character.isascii():
            latin += character if character.isalnum() else " "
            if chinese:
                yield chinese, False
                chinese = ""
        elif character.isalpha():
            chinese += character
            if latin.strip():
                yield latin, True
            latin = ""
    if latin.strip():
        yield latin, True
    if chinese:
        yield chinese, False


def _telling(run: str) -> list[str]:
    return [character for character in run if character not in _STOP]


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _merged(sound: str) -> str:
    for heard, meant in _MERGED:
        if sound.startswith(heard):
            sound = meant + sound[len(heard) :]
    return sound.removesuffix("g") if sound.endswith("ng") else sound
