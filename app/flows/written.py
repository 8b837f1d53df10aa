"""In which language a text is written, as far as a voice must know to read it."""

from collections.abc import Sequence


def written_in(text: str, preferred: str, known: Sequence[str]) -> str:
    """The language, among those `known`, whose voice can read a text; `preferred` when it can.

    Chinese characters need a Chinese voice. Letters alone are read in another language when the
    preferred one is Chinese: a Chinese voice spells them out.
    """
    has_han = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    has_latin = any(letter.isascii() and letter.isalpha() for letter in text)
    if has_han == _is_chinese(preferred) or not (has_han or has_latin):
        return preferred
    return next((tag for tag in known if _is_chinese(tag) == has_han), preferred)


def _is_chinese(tag: str) -> bool:
    return tag.partition("-")[0] in ("zh", "yue")
