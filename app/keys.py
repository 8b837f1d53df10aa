"""Keys of rows as forms and addresses write them."""

LONGEST = 18  # digits: what both databases keep


def key_of(written: str) -> int | None:
    """The key, or None for a text that is none (`²` is a digit to Python, and no number)."""
    plain = written.isascii() and written.isdigit() and len(written) <= LONGEST
    return int(written) if plain else None
