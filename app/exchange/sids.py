"""Identities in Twilio's form: two letters and 32 hexadecimal digits (contract, section 0)."""

import random


class Sids:
    """Gives out SIDs; the same seed gives the same SIDs in the same order."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"sids:{seed}")  # noqa: S311 - identities, not secrets

    def new(self, prefix: str) -> str:
        """A fresh SID such as `CA` followed by 32 hexadecimal digits."""
        return f"{prefix}{self._random.getrandbits(128):032x}"
