"""How long a text may be, and how many messages the network makes of it (contract, section 4.5)."""

from math import ceil

LONGEST_BODY = 1_600  # characters the provider takes
MOST_SEGMENTS = 5  # what a person still reads on a small telephone
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")  # these take two places each
_CUTS = "。！？；\n.!?;"


def segments(body: str) -> int:
    """How many messages the network counts. Characters beyond the BMP take two places."""
    if set(body) <= _GSM | _GSM_TWICE:
        places = len(body) + sum(letter in _GSM_TWICE for letter in body)
        alone, joined = GSM_ALONE, GSM_JOINED
    else:
        places = len(body.encode("utf-16-be")) // 2
        alone, joined = UCS2_ALONE, UCS2_JOINED
    return 1 if places <= alone else ceil(places / joined)


def shortened(body: str, most: int = MOST_SEGMENTS) -> str:
    """The text in at most so many segments, cut behind a sentence where there is one, with `…`."""
    if len(body) <= LONGEST_BODY and segments(body) <= most:
        return body
    low, high = 0, min(len(body), LONGEST_BODY - 1)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if segments(body[:middle] + "…") <= most else (low, middle - 1)
    kept = body[:low]
    sentence = max(kept.rfind(mark) for mark in _CUTS) + 1
    return (kept[:sentence] if sentence > low // 2 else kept).rstrip() + "…"
