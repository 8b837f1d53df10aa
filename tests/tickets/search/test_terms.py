"""Words as terms: whatever is contained is found, and the table tells nobody anything."""

import pytest
from app.tickets.search.terms import contains, folded, grams, query_terms, terms
from hypothesis import example, given
from hypothesis import strategies as st

WORDS = st.text(st.sampled_from("水井干了沙溪村 road Water12,。-"), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("水井干了", {"水井", "井干", "干了"}),
        ("Water", {"wat", "ate", "ter"}),
        ("Ａ１路 to", {"a1", "路", "to"}),
        ("水", {"水"}),
        ("，。 ", set()),
        ("", set()),
    ],
)
def test_text_is_cut_into_short_pieces(text: str, expected: set[str]) -> None:
    assert grams(text) == expected


@given(WORDS, st.integers(0, 40), st.integers(2, 8))
@example("1WW了", 1, 3)
def test_a_ticket_has_all_terms_of_what_it_contains(text: str, start: int, length: int) -> None:
    run = text[start : start + length]
    pieces = [part for part in run.split() if part.isalpha() and not part.isascii()]
    for piece in pieces:
        assert query_terms(piece) <= terms([text])
        assert contains([text], piece)


@given(WORDS)
def test_terms_fit_a_column(text: str) -> None:
    assert all(0 <= term < 2**63 for term in terms([text]))


@pytest.mark.parametrize(
    ("texts", "query", "found"),
    [
        (["水井干了", "沙溪村"], "水井 沙溪", True),
        (["水井干了", "沙溪村"], "水井沙溪", False),
        (["Water pipe"], "WATER", True),
        (["Water pipe"], "ｗａｔｅｒ", True),
        (["水干 井干"], "水井", False),
    ],
)
def test_all_words_of_a_query_must_be_there(texts: list[str], query: str, found: bool) -> None:
    assert contains(texts, query) is found


def test_folding_ignores_width_and_case() -> None:
    assert folded("ＷＡter") == "water"
