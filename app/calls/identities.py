"""Fresh identities for steps: the only chance in a call, and it is passed in."""

import secrets
from typing import Protocol


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

    def ticket_number(self) -> str:
        """A random ticket number with a valid check digit."""
        return self._ticket_number(secrets.randbelow)

    def random_id(self) -> str:
        """128 random bits in hexadecimal."""
        return secrets.token_hex(16)


class NumberMaker(Protocol):
    """Makes a ticket number out of a source of chance."""

    def __call__(self, random_below: "RandomBelow") -> str:
        """A number with its check digit."""


class RandomBelow(Protocol):
    """A source of chance."""

    def __call__(self, limit: int, /) -> int:
        """A number from 0 up to, not including, `limit`."""
