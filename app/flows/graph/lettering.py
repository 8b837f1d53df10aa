"""How wide a text will be, without the font: enough to keep texts from touching."""

import unicodedata

NARROW, WIDE = 0.6, 1.0  # of the font's size; a Latin letter, a Chinese one


def width_of(text: str, size: float) -> float:
    """The width of a text in a font of a size, rather too wide than too narrow."""
    return size * sum(map(_share, text))


def shortened(text: str, most: float, size: float) -> str:
    """As much of a text as fits into a width, with an ellipsis when something is left out."""
    if width_of(text, size) <= most:
        return text
    room, kept = most - size, 0
    for letter in text:
        room -= size * _share(letter)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def _share(letter: str) -> float:
    return WIDE if unicodedata.east_asian_width(letter) in "WFA" else NARROW
