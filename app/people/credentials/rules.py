"""What a password must be: long, not obvious, not the login (NIST 800-63B)."""

from itertools import pairwise
from typing import Literal

SHORTEST, LONGEST = 12, 256

# The obvious ones of at least 12 characters, compared without case and spaces.
_OBVIOUS = frozenset(
    "123456789012 1234567890123 12345678901234 123456123456 1234567890ab 111111111111 "
    "000000000000 888888888888 666666666666 aaaaaaaaaaaa abcdefghijkl qwertyuiop12 "
    "qwertyuiop123 qwertyuiopas 1qaz2wsx3edc 1q2w3e4r5t6y q1w2e3r4t5y6 password1234 "
    "passwordpassword password12345 admin1234567 administrator adminadminadmin "
    "woaini1314520 woaini520520 iloveyou1234 letmeinletmein changeme1234 changemechangeme "
    "welcome12345 huixiang1234 huixianghuixiang hotlinehotline".split()
)

Weakness = Literal["short", "long", "obvious", "login"]


class WeakPasswordError(ValueError):
    """A password that is too easy to guess; `weakness` says why."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness: Weakness = weakness


def check_password(password: str, login: str, name: str = "") -> None:
    """Raise WeakPasswordError for a password that is short, obvious, or made of the login."""
    plain = "".join(password.split()).lower()
    if len(password) < SHORTEST:
        raise WeakPasswordError("short")
    if len(password) > LONGEST:
        raise WeakPasswordError("long")
    if plain in _OBVIOUS or len(set(plain)) < 5 or _is_run(plain):
        raise WeakPasswordError("obvious")
    if _mostly(plain, login.lower()) or (name and _mostly(plain, name.lower())):
        raise WeakPasswordError("login")


def _is_run(text: str) -> bool:
    """Whether each character follows the one before, as in 123456789:;< or zyxwvutsrqpo."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1}, {0})


def _mostly(password: str, word: str) -> bool:
    """Whether little is left of a password without a word."""
    return len(word) >= 3 and word in password and len(password.replace(word, "")) < 6
