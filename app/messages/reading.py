"""What an inbound text says, as far as a machine should tell. Pure."""

import re
import string
import unicodedata

from app.flows.check_digit import is_valid

LONGEST_TEXT = 12_000  # characters of an inbound text that are kept

STOP = frozenset("STOP STOPALL UNSUBSCRIBE TD T 退订 取消 取消订阅".split())
START = frozenset("START UNSTOP 订阅 恢复".split())
HELP = frozenset("HELP INFO 帮助".split())

# Tab, line feed and carriage return are kept; lone halves of surrogate pairs are not text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"(?<![\d][ -])(?<!\d)\d(?:[ -]?\d){7}(?![ -]?\d)")
# Words that ask for a ticket's state and say nothing of the matter itself.
_ASKING = re.compile(
    "工单|编号|进度|查询|查一下|查|怎么样了|怎么样|办得|办到哪|办|请问|您好|你好|谢谢|现在|一下|的|了|吗|呢|我"
    "|ticket|number|status|how|what|about|is|my|the|it|please|hello|thanks",
    re.IGNORECASE,
)
_GREETING = re.compile(
    "您好|你好|请问|谢谢|在吗|在不在|有人吗|喂|hello|hi there|hi|thank you|thanks", re.IGNORECASE
)
FEWEST_LETTERS = 2  # of what can be an appeal
FEWEST_BESIDE = 6  # of what is said besides a ticket's number


def cleaned(body: str) -> str:
    """The text without control characters, at most `LONGEST_TEXT` long."""
    return _CONTROL.sub("", body).strip()[:LONGEST_TEXT]


def command(body: str) -> str:
    """`stop`, `start`, `help`, or empty: only when the text is nothing but that word."""
    word = "".join(letter for letter in _plain(body).upper() if letter.isalnum())
    if word in STOP:
        return "stop"
    if word in START:
        return "start"
    return "help" if word in HELP else ""


def digits(written: str) -> str:
    """The digits of a number as people write it: full-width, spaced, or with a word around it."""
    return "".join(letter for letter in _plain(written) if letter in string.digits)


def ticket_numbers(body: str) -> list[str]:
    """All eight-digit numbers in a text, also full-width ones, spaced or hyphened, in order."""
    found = _NUMBER.findall(_plain(body))
    return [digits(number) for number in found]


def valid_numbers(body: str) -> list[str]:
    """Those whose check digit is right."""
    return [number for number in ticket_numbers(body) if is_valid(number)]


def said_beside(body: str) -> str:
    """What a text says besides ticket numbers; empty when it only asks how they stand."""
    beside = _NUMBER.sub(" ", _plain(body))
    return body if letters(_ASKING.sub(" ", beside)) >= FEWEST_BESIDE else ""


def is_a_greeting(body: str) -> bool:
    """Whether a text says nothing but hello, or nothing at all."""
    return letters(_GREETING.sub(" ", _plain(body))) < FEWEST_LETTERS


def letters(body: str) -> int:
    """How many letters a text has; a Han character is one."""
    return sum(character.isalpha() for character in body)


def _plain(body: str) -> str:
    return unicodedata.normalize("NFKC", body)
