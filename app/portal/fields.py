"""What people write into forms, made plain: telephones, numbers, words. Pure but for the files."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import UploadFile

from app.calls.outbound.rules import may_be_rung
from app.messages.reading import cleaned
from app.tickets.attachments.files import LARGEST, Upload, read_upload
from app.tickets.errors import RefusedError
from app.tickets.phones import e164

LONGEST_WORDS, LONGEST_PLACE, LONGEST_NAME = 5_000, 120, 40
FEWEST_LETTERS = 2
MOST_PHOTOS = 5


@dataclass(frozen=True, slots=True)
class Photos:
    """The files of a form: those that can be kept, and what is wrong with the others."""

    uploads: tuple[Upload, ...] = ()
    problem: str = ""


def telephone(written: str) -> str:
    """An ordinary number of this country in E.164; empty when it is none."""
    number = e164(unicodedata.normalize("NFKC", written).strip())
    return number if may_be_rung(number) else ""


def words(written: str, longest: int = LONGEST_WORDS) -> str:
    """A text without control characters, at most so long."""
    return cleaned(written.replace("\r\n", "\n"))[:longest]


def line(written: str, longest: int) -> str:
    """A text of one line."""
    return " ".join(words(written, longest).split())


def has_something_to_say(text: str) -> bool:
    """Whether a text has at least two letters; a Han character is one."""
    return sum(letter.isalpha() for letter in text) >= FEWEST_LETTERS


def photos(files: Sequence[UploadFile], language: str) -> Photos:
    """The files of a form, read and cleaned. Browsers send one without a name for none."""
    named = [file for file in files if file.filename]
    uploads: list[Upload] = []
    for file in named[:MOST_PHOTOS]:
        try:
            uploads.append(read_upload(file.filename or "", file.file.read(LARGEST + 1)))
        except RefusedError as error:
            return Photos(problem=f"{file.filename}: {error.said(language)}")
    return Photos(tuple(uploads), "" if len(named) <= MOST_PHOTOS else "too_many")
