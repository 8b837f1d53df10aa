"""Fresh identities for steps: the only chance in a call, and it is passed in."""

import os
import threading
from random import Random
from typing import Protocol

POOL_BYTES = 4_096  # one system call serves many steps
NUMBER_BYTES, ID_BYTES = 8, 16


class Identities(Protocol):
    """Gives each step a ticket number and an id that it may use up."""

    def ticket_number(self) -> str:
        """A random ticket number with a valid check digit."""

    def random_id(self) -> str:
        """128 random bits in hexadecimal."""


class RandomIdentities:
    """Identities from the system's randomness."""

    def __init__(self, ticket_number: "NumberMaker") -> None:
        self._ticket_number = ticket_number
        self._pool = b""
        self._taken = 0  # bytes of the pool
        self._lock = threading.Lock()

    def ticket_number(self) -> str:
        """A random ticket number with a valid check digit."""
        return self._ticket_number(self._below)

    def random_id(self) -> str:
        """128 random bits in hexadecimal."""
        return self._take(ID_BYTES).hex()

    def _below(self, limit: int) -> int:
        # 64 bits against a limit of millions: the bias is far below one in a billion.
        return int.from_bytes(self._take(NUMBER_BYTES)) % limit

    def _take(self, count: int) -> bytes:
        """Random bytes that nobody else gets, from whatever thread."""
        with self._lock:
            begin = self._taken
            if begin + count > len(self._pool):
                self._pool, begin = os.urandom(POOL_BYTES), 0
            self._taken = begin + count
            return self._pool[begin : begin + count]


class NumberMaker(Protocol):
    """Makes a ticket number out of a source of chance."""

    def __call__(self, random_below: "RandomBelow") -> str:
        """A number with its check digit."""


class RandomBelow(Protocol):
    """A source of chance."""

    def __call__(self, limit: int, /) -> int:
        """A number from 0 up to, not including, `limit`."""


class SeededIdentities(RandomIdentities):
    """Identities that repeat: for what is played again the same way."""

    def __init__(self, ticket_number: "NumberMaker") -> None:
        super().__init__(ticket_number)
        self._chance = Random(0)  # noqa: S311 - they are to repeat

    def reseed(self, seed: str) -> None:
        """Begin again from a seed."""
        self._chance = Random(seed)  # noqa: S311

    def _take(self, count: int) -> bytes:
        return self._chance.randbytes(count)
