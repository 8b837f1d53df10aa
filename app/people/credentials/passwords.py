"""Hashing passwords with argon2.

It takes tens of milliseconds: call it from a thread, outside any transaction.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib.hashers.argon2 import Argon2Hasher

# The second choice of OWASP's password storage page: 19 MiB, two passes.
_MEMORY_KIB, _PASSES = 19_456, 2
_AT_ONCE = threading.BoundedSemaphore(2)  # a storm of sign-ins must not take the calls' memory

# Read aloud without mistakes: no 0/O, 1/l/I, and no vowels that make words.
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"


def hash_password(password: str) -> str:
    """The hash to keep."""
    with _AT_ONCE:
        return _hasher().hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether it is the password. With no hash, a made-up one is tried: nobody can tell by time."""
    with _AT_ONCE:
        right = _hasher().verify(password, kept or _nobodys())
    return right and kept is not None


def one_time_password(below: Callable[[int], int]) -> str:
    """A password to be read out and typed once: 20 letters in groups, 96 bits."""
    letters = "".join(_LETTERS[below(len(_LETTERS))] for _ in range(20))
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


@lru_cache(maxsize=1)
def _hasher() -> "Argon2Hasher":
    from pwdlib.hashers.argon2 import Argon2Hasher

    return Argon2Hasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash("nobody's password")
