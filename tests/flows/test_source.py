"""The strict YAML loader: everything stays as written, every refusal has a place."""

import pytest
from app.flows.findings import FlowError
from app.flows.source import parse
from hypothesis import given
from hypothesis import strategies as st


def test_scalars_stay_as_written_and_keep_their_places() -> None:
    document = parse(b"a: 0123\nb:\n  - 12:30\n  - NO\nc: {d: 1_000, e: ~}\n", "f.yaml")
    assert document.value == {"a": "0123", "b": ["12:30", "NO"], "c": {"d": "1_000", "e": "~"}}
    assert document.place(("b", 1)) == (4, 5)
    assert document.key_places[("c", "e")] == (5, 15)


REFUSED = [
    (b"a: 1\na: 2\n", "f.yaml:2:1", "stands here twice"),
    (b"a: &x 1\nb: *x\n", "f.yaml:1:4", "anchor"),
    (b"b: *x\n", "f.yaml:1:4", "alias"),
    (b"a: !!python/object x\n", "f.yaml:1:4", "tag"),
    (b"a: 1\n---\nb: 2\n", "f.yaml:2:1", "second document"),
    (b"a:\n\tb: 1\n", "f.yaml:2:1", "never with tabs"),
    (b"a: [1, 2\n", "f.yaml:1:4", "Close it with `]`"),
    (b"a: {b: 1\nc: 2\n", "f.yaml:1:4", "The `{` that opens here is not closed"),
    (b"a: {b: c d: e}\n", "f.yaml:1:11", "A `,` or `}` is missing"),
    (b"a: Note: this\n", "f.yaml:1:8", "stands in quotes"),
    (b"a: x\n  b: 1\n", "f.yaml:2:4", "deeper than the one above"),
    (b"a:\n  b: {c: 1}\n   d: {e: 1}\n", "f.yaml:3:4", "indented wrongly"),
    (b'a: "Not closed\nb: 1\n', "f.yaml:1:4", "never closed"),
    (b'a: "x" y\n', "f.yaml:1:8", "one pair of quotes"),
    (b"a: 1\nb\nc: 2\n", "f.yaml:2:1", "no `:` behind its key"),
    (b"a: %x\n", "f.yaml:1:4", "cannot begin with `%`"),
    (b"a: > x\n", "f.yaml:1:4", "cannot begin with `>`"),
    ("a:\n  b：\n    c: 1\n".encode(), "f.yaml:2:4", "Write `:` and a space"),
    ("a:\n　 b: 1\n  c: 1\n".encode(), "f.yaml:2:1", "spaces of the Latin keyboard"),
    ("a: ｛b: 1｝\n".encode(), "f.yaml:1:4", "Write `{` instead"),
    ("a: {b: c，d: e}\n".encode(), "f.yaml:1:9", "Write `,` instead"),
    (b"? [1]\n: 2\n", "f.yaml:1:3", "plain word"),
    (b"", "f.yaml:1:1", "empty"),
    (b"# nothing\n", "f.yaml:1:1", "empty"),
    (b"a: \xff\xfe\n", "f.yaml:1:4", "UTF-8"),
    (b"\x00", "f.yaml:1:1", ""),
    (b"a: " + b"[" * 40 + b"]" * 40, "f.yaml:1:", "deeper"),
    (b"[" * 5_000, "f.yaml:1:", ""),
    (b"a: [" + b"1," * 30_000 + b"]", "f.yaml:1:", "entries"),
    (b"a: " + b"x" * 300_000, "f.yaml:1:1", "bytes"),
]


@pytest.mark.parametrize(("data", "place", "sentence"), REFUSED)
def test_what_is_not_plain_data_is_refused_with_its_place(
    data: bytes, place: str, sentence: str
) -> None:
    with pytest.raises(FlowError) as refusal:
        parse(data, "f.yaml")
    (finding,) = refusal.value.findings
    assert str(finding).startswith(place)
    assert sentence in finding.sentence + finding.hint


def refusals(data: bytes) -> int:
    """How many findings the bytes are refused with, each with a place; 0 when they are read."""
    try:
        parse(data, "f.yaml")
    except FlowError as error:
        return sum(finding.line >= 1 and finding.column >= 1 for finding in error.findings)
    return 0


def test_a_byte_order_mark_does_not_matter() -> None:
    assert parse(b"\xef\xbb\xbfa: 1\n", "f.yaml").value == {"a": "1"}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert refusals(data) >= 0


@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"#\n\t ,?0x"), max_size=80))
def test_any_mutilated_yaml_is_read_or_refused(text: str) -> None:
    assert refusals(text.encode()) >= 0
