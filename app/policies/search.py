"""Finding the article that a caller means, from words as a speech recogniser gives them.

Recognisers write homophones for dialect speech (`后期服侍` for `后期扶持`). So each text is looked
at in three ways: by pairs of characters, by single characters, and by pairs of sounds, where sounds
that Hunan speech merges are equal. Each view gives BM25 scores; they are weighed and added up.

The library bm25s was measured and left out: with numpy it costs each worker 19 MB for 25 articles.
"""

import math
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import pairwise

# pypinyin loads 45 MB of phrases unless told not to; single characters are enough here.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

K1, B = 1.2, 0.6
SINGLE_WEIGHT, SOUND_WEIGHT = 0.3, 0.6
# Nothing is near, and rather a person than a wrong article, when the best score is below FLOOR.
# Below CERTAIN the words understood must also be SHARE of what was said: a long question may hold
# much that says nothing, but a few sounds in common with small talk are chance.
FLOOR, CERTAIN, SHARE = 2.5, 6.0, 0.16
NEAR = 0.55  # an article counts beside the best one when it has this share of its score

_STOP = frozenset("的了吗呢啊吧是我你他她它们想问请一下这那个有什么怎么能不能可以要多少")
_ENGLISH_STOP = frozenset(
    (
        "a an and are about be can do does for how i if in is it me my of on or the to want what "
        "when which who will with you your"
    ).split()
)
_COURTESIES = re.compile(
    "你好|您好|谢谢|再见|拜拜|不知道|不晓得|thank you(?: very much)?|thanks|goodbye"
)
# Initials that are one sound in the speech of Hunan, and whole syllables: h before u is said as f.
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_BREATHED = {
    "hu": "fu",
    "hua": "fa",
    "hui": "fei",
    "huan": "fan",
    "hun": "fen",
    "huang": "fang",
    "hong": "feng",
}


class _View:
    """One way to look at the texts: what each term is worth to each text (BM25), made once."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self._total = len(texts)
        average = sum(map(len, texts.values())) / max(self._total, 1) or 1.0
        holders: dict[str, dict[str, int]] = {}
        for key, terms in texts.items():
            for term, count in Counter(terms).items():
                holders.setdefault(term, {})[key] = count
        stretch = {key: K1 * (1 - B + B * len(terms) / average) for key, terms in texts.items()}
        self._rarity = {term: self._worth(len(counts)) for term, counts in holders.items()}
        self._gains = {
            term: {
                key: self._rarity[term] * count * (K1 + 1) / (count + stretch[key])
                for key, count in counts.items()
            }
            for term, counts in holders.items()
        }

    def add_scores(self, terms: Collection[str], share: float, scores: dict[str, float]) -> float:
        """Add what the terms gain each text; returns what they would count for if all were known.

        A term that no text holds counts most. Everything is weighed by `share`.
        """
        possible = 0.0
        for term in terms:
            possible += self._rarity.get(term) or self._worth(0)
            for key, gain in self._gains.get(term, {}).items():
                scores[key] = scores.get(key, 0.0) + share * gain
        return share * possible

    def _worth(self, holders: int) -> float:
        return math.log(1 + (self._total - holders + 0.5) / (holders + 0.5))


class SpokenSearch:
    """Search over texts by key: titles and caller's words count most, the clauses a little."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        """`texts` gives for each key its texts, the telling ones repeated."""
        ways = ((1.0, letter_terms), (SINGLE_WEIGHT, single_terms), (SOUND_WEIGHT, sound_terms))
        self._views = [
            (share, terms_of, _View({key: _all(parts, terms_of) for key, parts in texts.items()}))
            for share, terms_of in ways
        ]

    def find(self, words: str, limit: int) -> list[str]:
        """Keys that answer the words, best first; empty when none is near enough."""
        said = _COURTESIES.sub(" ", words.lower())
        scores: dict[str, float] = {}
        possible = sum(
            view.add_scores(set(terms_of(said)), share, scores)
            for share, terms_of, view in self._views
        )
        ranked = nsmallest(limit, scores.items(), key=lambda item: (-item[1], item[0]))
        best = ranked[0][1] if ranked else 0.0
        if best < FLOOR or (best < CERTAIN and best < SHARE * possible):
            return []
        return [key for key, score in ranked if score >= NEAR * best]


def _all(parts: Iterable[str], terms_of: Callable[[str], list[str]]) -> list[str]:
    return [term for part in parts for term in terms_of(part)]


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
    sound = _BREATHED.get(sound, sound)
    for heard, meant in _MERGED:
        if sound.startswith(heard):
            sound = meant + sound[len(heard) :]
    return sound.removesuffix("g") if sound.endswith("ng") else sound
