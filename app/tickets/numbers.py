"""Ticket numbers: eight digits that can be read aloud and typed on a keypad."""

from collections.abc import Callable

from app.flows.check_digit import check_digit

SMALLEST, LARGEST = 1_000_000, 9_999_999


def fresh_number(random_below: Callable[[int], int]) -> str:
    """Seven random digits, the first not 0, and a check digit.

    `random_below(n)` gives a number from 0 up to, not including, `n`. The number may be in use
    already; the table's unique key says so.
    """
    digits = str(SMALLEST + random_below(LARGEST - SMALLEST + 1))
    return digits + check_digit(digits)
