from random import Random

import pytest
from app.flows.check_digit import is_valid
from app.tickets.numbers import fresh_number


@pytest.mark.parametrize(
    ("chance", "digits"), [(0, "1000000"), (8_999_999, "9999999"), (4_724_816, "5724816")]
)
def test_a_number_is_seven_digits_of_chance_and_a_check_digit(chance: int, digits: str) -> None:
    number = fresh_number(lambda limit: chance % limit)
    assert number[:7] == digits
    assert len(number) == 8
    assert is_valid(number)


def test_all_of_the_range_is_asked_for() -> None:
    limits: list[int] = []

    def least(limit: int) -> int:
        limits.append(limit)
        return 0

    fresh_number(least)
    assert limits == [9_000_000]


def test_one_wrong_digit_or_two_swapped_are_noticed() -> None:
    random = Random(1)  # a fixed seed: the same fifty numbers every time
    for _ in range(50):
        number = fresh_number(random.randrange)
        for place in range(8):
            for digit in set("0123456789") - {number[place]}:
                assert not is_valid(number[:place] + digit + number[place + 1 :])
        for place in range(7):
            left, right = number[place], number[place + 1]
            if left != right:
                assert not is_valid(number[:place] + right + left + number[place + 2 :])
