"""What a text is taken to say."""

import pytest
from app.flows.check_digit import check_digit
from app.flows.written import written_in
from app.messages.composing import as_dialled
from app.messages.numbers import can_be_texted, is_telephone
from app.messages.reading import (
    cleaned,
    command,
    is_a_greeting,
    said_beside,
    ticket_numbers,
    valid_numbers,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("STOP", "stop"),
        ("stop.", "stop"),
        (" Td ", "stop"),
        ("ＴＤ", "stop"),
        ("t", "stop"),
        ("退订", "stop"),
        ("取消。", "stop"),
        ("start", "start"),
        ("订阅", "start"),
        ("Help!", "help"),
        ("帮助", "help"),
        ("取消我的低保是谁定的", ""),
        ("please stop the noise", ""),
        ("", ""),
    ],
)
def test_commands_stand_alone(body: str, word: str) -> None:
    assert command(body) == word


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("工单12345678", ["12345678"]),
        ("１２３４５６７８ 怎么样", ["12345678"]),
        ("1234 5678 和 87654321", ["12345678", "87654321"]),
        ("1234-5678", ["12345678"]),
        ("我的电话13800138000", []),
        ("138 0013 8000", []),
        ("123456789", []),
        ("2026-11-24 10", []),
        ("", []),
    ],
)
def test_ticket_numbers(body: str, numbers: list[str]) -> None:
    assert ticket_numbers(body) == numbers


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        ("你好", True),
        ("喂，有人吗？", True),
        ("Hello!", True),
        ("", True),
        ("你好，断水了", False),
        ("低保", False),
        ("this is about my house", False),
    ],
)
def test_who_only_says_hello_has_said_nothing_yet(body: str, is_one: bool) -> None:
    assert is_a_greeting(body) == is_one


@given(st.integers(1_000_000, 9_999_999))
def test_only_right_check_digits_count(seven: int) -> None:
    right = f"{seven}{check_digit(str(seven))}"
    wrong = f"{seven}{(int(right[-1]) + 1) % 10}"
    assert valid_numbers(f"{right}, {wrong}") == [right]


@pytest.mark.parametrize(
    ("body", "says_more"),
    [
        ("工单12345678怎么样了？", False),
        ("您好，请问12345678办到哪了", False),
        ("how is my ticket 12345678 please", False),
        ("12345678 我家二楼也漏水了很严重", True),
        ("12345678 the roof is leaking again", True),
    ],
)
def test_what_is_said_beside_a_number(body: str, says_more: bool) -> None:
    assert said_beside(body) == (body if says_more else "")


@given(st.text(alphabet=st.characters(), max_size=500))
def test_cleaned_text_can_always_be_stored(body: str) -> None:
    clean = cleaned(body)
    clean.encode()
    assert "\x00" not in clean
    assert cleaned(clean) == clean


def test_lone_surrogates_are_no_text() -> None:
    assert cleaned("a\ud83d b\x07\tc\n") == "a b\tc"


@pytest.mark.parametrize(
    ("number", "mobile", "telephone"),
    [
        ("+8613800138000", True, True),
        ("+8619912345678", True, True),
        ("+867458501234", False, True),
        ("+12015550123", True, True),  # nobody can tell American mobiles from landlines
        ("+442071838750", False, True),
        ("13800138000", False, False),
        ("10086", False, False),
        ("+1069", False, False),
        ("anonymous", False, False),
        ("+86900", False, False),
    ],
)
def test_numbers(number: str, mobile: bool, telephone: bool) -> None:
    assert can_be_texted(number) is mobile
    assert is_telephone(number) is telephone


def test_numbers_as_people_dial_them() -> None:
    assert as_dialled("+867458501234") == "07458501234"
    assert as_dialled("nonsense") == "nonsense"


@pytest.mark.parametrize(
    ("body", "language"),
    [("hello 您好", "zh-CN"), ("hello", "en-US"), ("12345678", "xx"), ("😀", "xx"), ("", "xx")],
)
def test_language(body: str, language: str) -> None:
    assert written_in(body, "xx", {"zh-CN": "han", "en-US": "latin"}) == language
