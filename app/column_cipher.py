"""Encryption of single values in columns: fast, because a list shows hundreds of them."""

import base64
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = "a."
NONCE_BYTES = 12  # random: good for 2**32 values of one key (NIST SP 800-38D, 8.3)


class ColumnCipher:
    """AES-256-GCM by several keys: the first encrypts, all decrypt (rotation).

    A value stands as `a.` and the base64 of nonce, ciphertext and tag. Values that were written as
    Fernet tokens, seven times as slow to read, are still read.
    """

    def __init__(self, keys: Sequence[bytes], older: MultiFernet) -> None:
        """Take keys of 32 bytes, and the cipher of older values."""
        self._ciphers = [AESGCM(key) for key in keys]
        self._older = older

    def encrypt(self, text: str) -> str:
        """The text as it is stored."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._ciphers[0].encrypt(nonce, text.encode(), None)
        return MARK + base64.b64encode(sealed).decode()

    def is_current(self, stored: str) -> bool:
        """Whether a stored value was written with the first key, in the present way."""
        if not stored.startswith(MARK):
            return False
        try:
            self._open(self._ciphers[0], stored)
        except InvalidTag:
            return False
        return True

    def decrypt(self, stored: str) -> str:
        """The text again. Raises InvalidTag or InvalidToken when no key opens it."""
        if not stored.startswith(MARK):
            return self._older.decrypt(stored).decode()
        for cipher in self._ciphers[:-1]:
            try:
                return self._open(cipher, stored)
            except InvalidTag:
                continue
        return self._open(self._ciphers[-1], stored)

    @staticmethod
    def _open(cipher: AESGCM, stored: str) -> str:
        sealed = base64.b64decode(stored[len(MARK) :])
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
