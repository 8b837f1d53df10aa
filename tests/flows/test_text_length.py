"""How many messages a text takes, and where it is cut."""

import pytest
from app.flows.text_length import LONGEST_BODY, segments, shortened
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 159 + "€", 2),  # the euro takes two places
        ("好" * 70, 1),
        ("好" * 71, 2),
        ("好" * 134, 2),
        ("好" * 135, 3),
        ("😀" * 35, 1),  # beyond the BMP: two places each
        ("😀" * 36, 2),
    ],
)
def test_segments(body: str, count: int) -> None:
    assert segments(body) == count


def test_a_long_text_is_cut_behind_a_sentence() -> None:
    body = "第一句话说完了。" * 50
    short = shortened(body, 2)
    assert short.endswith("。…")
    assert segments(short) == 2


def test_without_a_sentence_it_is_cut_anywhere() -> None:
    assert shortened("x" * 400, 1) == "x" * 69 + "…"  # the ellipsis makes it UCS-2


@given(st.text(max_size=3_000), st.integers(1, 5))
def test_it_always_fits_and_keeps_its_beginning(body: str, most: int) -> None:
    short = shortened(body, most)
    assert segments(short) <= most
    assert len(short) <= LONGEST_BODY
    assert body.startswith(short.removesuffix("…").rstrip())
