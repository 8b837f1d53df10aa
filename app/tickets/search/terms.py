"""Text as terms: keyed fingerprints by which encrypted words can be found. Pure but for the key.

Chinese is cut into pairs of characters, other words into triples; whoever has the table without
the key learns neither. A match of all terms is only likely: the words themselves decide.
"""

import re
import unicodedata
from collections.abc import Iterable

from app.database import fingerprint

LONG_GRAM = 3
LONGEST_TEXT = 4_000  # characters of a ticket that are indexed
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_FIRST_CHINESE = "\u3400"


def folded(text: str) -> str:
    """Text without differences that do not matter: width, case, form of composition."""
    return unicodedata.normalize("NFKC", text).casefold()


def grams(text: str) -> set[str]:
    """Pairs of Chinese characters and triples of other words; a shorter word stands whole."""
    found: set[str] = set()
    for run in _RUN.findall(folded(text[:LONGEST_TEXT])):
        size = 2 if run[0] >= _FIRST_CHINESE else LONG_GRAM
        found.update(run[start : start + size] for start in range(max(1, len(run) - size + 1)))
    return found


def terms(texts: Iterable[str]) -> set[int]:
    """The terms of texts, as integers of 63 bits."""
    return {_term(gram) for text in texts for gram in grams(text)}


def query_terms(query: str) -> set[int]:
    """The terms that a ticket must have to contain a query; a single character has none.

    A word of two letters is a term only where it stands alone: within other words it may be the
    end of a longer one, which was cut into triples.
    """
    found = {gram for gram in grams(query) if len(gram) > 1}
    sure = {gram for gram in found if len(gram) == LONG_GRAM or gram[0] >= _FIRST_CHINESE}
    return {
        _term(gram) for gram in (found if len(found) == 1 and query.strip().isascii() else sure)
    }


def contains(texts: Iterable[str], query: str) -> bool:
    """Whether texts, taken together, contain every word of a query."""
    whole = "\n".join(folded(text) for text in texts)
    return all(part in whole for part in folded(query).split())


def _term(gram: str) -> int:
    return int(fingerprint(f"term:{gram}")[:16], 16) >> 1
