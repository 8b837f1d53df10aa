"""In which language a text is written, as far as a voice must know to read it."""

from collections.abc import Mapping

from app.flows.locale import Script


def written_in(text: str, preferred: str, scripts: Mapping[str, Script]) -> str:
    """The language, among those of `scripts`, whose voice can read a text.

    It is `preferred` when that one can. Chinese characters need a Chinese voice. Letters alone are
    read in another language when the preferred one is Chinese: a Chinese voice spells them out.
    """
    has_han = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    has_latin = any(letter.isascii() and letter.isalpha() for letter in text)
    if not (has_han or has_latin):
        return preferred
    wanted: Script = "han" if has_han else "latin"
    if scripts.get(preferred) == wanted:
        return preferred
    return next((tag for tag, script in scripts.items() if script == wanted), preferred)
