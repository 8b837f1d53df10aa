"""Which keys an archive needs: named, never held."""

from collections.abc import Sequence

from app.backup.errors import BackupError
from app.database import key_id


def key_ids(secrets: Sequence[str]) -> tuple[str, ...]:
    """The names of keys; nobody learns a key from its name."""
    return tuple(key_id(secret) for secret in secrets)


def insist_on_keys(needed: Sequence[str], secrets: Sequence[str]) -> None:
    """Raise BackupError unless HOTLINE_SECRET_KEY opens what was encrypted by these keys.

    The last one must be the same: by it callers are looked up.
    """
    present = key_ids(secrets)
    missing = [name for name in needed if name not in present]
    if missing:
        raise BackupError(
            f"HOTLINE_SECRET_KEY lacks the key {missing[0]} by which this was encrypted: set the "
            "value it had when the backup was made"
        )
    if present[-1] != needed[-1]:
        raise BackupError(
            f"the last key of HOTLINE_SECRET_KEY must be {needed[-1]}: callers are looked up by it"
        )
