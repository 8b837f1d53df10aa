"""Somebody at home with a browser: fills forms in as the page gives them, and reads texts."""

import html
import re
import struct
import zlib
from collections.abc import Sequence
from datetime import timedelta

from app.calls.models import Call
from app.database import blind_index
from app.messages.models import Message
from httpx2 import Response
from sqlalchemy import insert, select
from starlette.testclient import TestClient
from tests.fixtures.office import NOON, Office

MOBILE = "+8613800138000"
OTHER = "+8613900139000"
LANDLINE = "+867458501234"
HASTE = timedelta(seconds=5)

File = tuple[str, bytes, str]


class Visitor:
    """A browser without a session, at the portal of an office."""

    def __init__(self, office: Office, address: str = "203.0.113.7") -> None:
        self.office = office
        self.browser = TestClient(office.app, follow_redirects=True, client=(address, 50_000))

    def get(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(
        self,
        path: str,
        to: str = "",
        files: Sequence[File] = (),
        *,
        page: str = "",
        seconds: float = 5,
        **fields: str,
    ) -> Response:
        """Open the page at a path, take `seconds` to fill its form in, and send it."""
        shown = page or self.get(path)
        self.office.clock.at += timedelta(seconds=seconds)
        kept = hidden(shown, to or path)
        uploads = [("photos", file) for file in files]
        return self.browser.post(to or path, data=kept | fields, files=uploads or None)

    def texts(self, number: str = MOBILE) -> list[str]:
        """What was texted to a number, in order."""
        query = select(Message.body).where(
            Message.number_index == blind_index(number), Message.direction == "out"
        )
        with self.office.database.reading() as connection:
            return list(connection.execute(query.order_by(Message.id)).scalars())

    def code(self, number: str = MOBILE) -> str:
        """The code in the last text."""
        found = re.search(r"\b(\d{6})\b", self.texts(number)[-1])
        assert found
        return found.group(1)

    def appeal(self, files: Sequence[File] = (), **fields: str) -> str:
        """Bring an appeal; returns its number."""
        filled = {"category": "housing", "words": "安置房漏水，没人来修", "phone": "138 0013 8000"}
        answer = self.send("/appeal", files=files, **filled | fields)
        assert answer.status_code == 200, answer.text
        return number_on(answer.text)

    def follow(self, number: str, phone: str = MOBILE) -> Response:
        """Ask for a code and give back the one that was texted."""
        answer = self.send("/follow", number=number, phone=phone)
        assert answer.status_code == 200
        return self.send("/follow/code", page=answer.text, code=self.code(phone))


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with an action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, f"there is no form for {action}"
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group())
    return {name: html.unescape(value) for name, value in pairs}


def number_on(page: str) -> str:
    """The ticket number that a page shows."""
    found = re.search(r'class="ticket-number"[^>]*>(\d{4}) (\d{4})<', page)
    assert found, page
    return found.group(1) + found.group(2)


def has_called(office: Office, number: str) -> None:
    """A telephone has called the hotline before."""
    with office.database.writing() as connection:
        connection.execute(
            insert(Call).values(
                sid=f"CA{number}",
                direction="inbound",
                caller=number,
                caller_index=blind_index(number),
                called="+867451012345",
                status="completed",
                status_rank=4,
                started_at=NOON,
            )
        )


def png() -> bytes:
    """A tiny picture, with the place where it was taken."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tEXt", b"GPS\0 27.5N 109.9E")
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )
