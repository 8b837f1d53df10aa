"""Values of columns: opened by any key of a rotation, as older ones are, and never when changed."""

import base64

import pytest
from app.column_cipher import ColumnCipher
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

OLD, NEW = b"o" * 32, b"n" * 32
OLDER = MultiFernet([Fernet(base64.urlsafe_b64encode(OLD))])


def cipher(*keys: bytes) -> ColumnCipher:
    return ColumnCipher(keys, OLDER)


@pytest.mark.parametrize("text", ["", "+8613974512345", "安置房的墙裂了 😀", "a." + "x" * 10_000])
def test_what_was_written_is_read(text: str) -> None:
    stored = cipher(NEW).encrypt(text)
    assert cipher(NEW).decrypt(stored) == text
    assert not text or text not in stored


def test_the_same_text_never_looks_the_same() -> None:
    assert len({cipher(NEW).encrypt("张三") for _ in range(100)}) == 100


def test_after_a_rotation_values_of_both_keys_are_read() -> None:
    rotated = cipher(NEW, OLD)
    assert rotated.decrypt(cipher(OLD).encrypt("before")) == "before"
    assert cipher(NEW).decrypt(rotated.encrypt("after")) == "after"


def test_values_written_as_fernet_tokens_are_read() -> None:
    assert cipher(NEW).decrypt(OLDER.encrypt("早先的".encode()).decode()) == "早先的"


@pytest.mark.parametrize("place", [0, 7, -1])
def test_a_changed_value_is_not_read(place: int) -> None:
    mark, _, encoded = cipher(NEW).encrypt("每人每年六百元").partition(".")
    sealed = bytearray(base64.b64decode(encoded))
    sealed[place] ^= 1
    changed = f"{mark}.{base64.b64encode(sealed).decode()}"
    with pytest.raises(InvalidTag):
        cipher(NEW).decrypt(changed)


def test_no_other_key_opens_a_value() -> None:
    with pytest.raises(InvalidTag):
        cipher(NEW).decrypt(cipher(OLD).encrypt("secret"))
    with pytest.raises(InvalidToken):
        cipher(NEW).decrypt(Fernet(Fernet.generate_key()).encrypt(b"secret").decode())
