"""Cells: what a spreadsheet would run or mangle is written so that it does not."""

from datetime import UTC, datetime

import phonenumbers
import pytest
from app.web.cells import LONGEST, clean, for_csv, phone_for_csv, unrun


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("水费", "水费"),
        ("=1+1", "'=1+1"),
        ("+8613800138000", "'+8613800138000"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("a=1", "a=1"),
        ("\x00=1", "'=1"),  # what is taken out cannot hide what follows
        ("", ""),
    ],
)
def test_nothing_is_run(text: str, written: str) -> None:
    assert unrun(text) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+8613800138000", "(+86) 138 0013 8000"),
        ("+867451000101", "(+86) 745 100 0101"),
        ("+14155550100", "(+1) 415-555-0100"),
        ("anonymous", "anonymous"),
        ("", ""),
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("+", "'+"),
    ],
)
def test_telephones_are_neither_run_nor_mangled(number: str, written: str) -> None:
    assert phone_for_csv(number) == written


def test_a_written_telephone_is_read_back() -> None:
    read = phonenumbers.parse(phone_for_csv("+8613800138000"), "US")
    assert phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) == "+8613800138000"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (-5, -5),
        (True, 1),
        (0.5, 0.5),
        (datetime(2026, 11, 24, 6, 5, 9, 123, tzinfo=UTC), "2026-11-24 14:05:09"),
    ],
)
def test_values_by_type(value: object, written: object) -> None:
    assert for_csv(value) == written


def test_a_long_text_fits_into_a_cell() -> None:
    assert len(clean("长" * 40_000)) == LONGEST + 1
