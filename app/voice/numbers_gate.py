"""The last gate for the numbers in a document: none is dialled that the allow-list does not have.

The outbound gateway has judged and booked them before. This looks at the final text, whoever made
it, also when the database is away and nothing can be booked (threat T1).
"""

import re

from app.flows.directory import Dialling
from app.flows.numbering import NumberRefusal, refused_as
from app.voice.gate import RefusedDocumentError

_NUMBER = re.compile(r"<Number[^>]*>([^<]*)</Number>")


def judge_numbers(text: str, dialling: Dialling) -> str:
    """The document itself, when all its numbers may be dialled. Raises RefusedDocumentError.

    One that no country has assigned costs nothing: whether it is ours, the outbound gateway knows.
    """
    if "<Number" in text:
        for number in _NUMBER.findall(text):
            refusal = refused_as(number.strip(), dialling)
            if refusal not in (None, NumberRefusal.unassigned):
                raise RefusedDocumentError(f"a number that is never dialled: {refusal}")
    return text
