"""Browsers of a story: the desk's and the portal's own pages, over HTTP, as a person uses them.

A form is filled in as its page gives it: with the CSRF token, version and key that stand in it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx2
from app.people.credentials.service import give_password
from tests.people.people import KNOWN_HASH, PASSWORD
from tests.portal.visitor import File, hidden
from tests.stories.county import County
from tests.stories.desk import employ

READING_SECONDS = 5  # before a form is sent


class Browser:
    """Somebody's browser at the service: it keeps cookies and follows redirects."""

    def __init__(self, county: County, client: httpx2.AsyncClient) -> None:
        self._county = county
        self._client = client

    async def opens(self, path: str) -> str:
        """A page. Fails when it is not there."""
        with self._county.clock.working():
            answer = await self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return str(answer.text)

    async def sends(self, page: str, action: str, files: Sequence[File] = (), **fields: str) -> str:
        """Open a page, read it, and send the form on it that has an action; the page after it."""
        shown = await self.opens(page)
        await self._county.clock.sleep(READING_SECONDS)
        origin = {"origin": self._county.base_url}
        with self._county.clock.working():
            answer = await self._client.post(
                action,
                data=hidden(shown, action) | fields,
                files=[("photos", file) for file in files] or None,
                headers=origin,
            )
        assert answer.status_code == 200, (action, answer.status_code, answer.text)
        return str(answer.text)


class Desk(Browser):
    """The browser of somebody of the staff."""

    async def signs_in(self, login: str) -> None:
        """By password, on the sign-in page."""
        await self.sends("/console/sign-in", "/console/sign-in", login=login, password=PASSWORD)
        assert login.title() in await self.opens("/console/account")

    async def does(self, number: str, verb: str) -> str:
        """Press a button on the page of a ticket."""
        return await self.sends(f"/console/tickets/{number}", f"/console/tickets/{number}/{verb}")

    async def fills(self, number: str, form: str, **fields: str) -> str:
        """Open a form of a ticket, fill it in, send it."""
        here = f"/console/tickets/{number}/{form}"
        return await self.sends(here, here, **fields)

    async def notes(self, number: str, body: str, way: str = "") -> str:
        """Write a note on the page of a ticket, for colleagues or told to the caller."""
        here = f"/console/tickets/{number}"
        return await self.sends(here, f"{here}/notes", body=body, way=way)

    async def history(self, number: str) -> str:
        """What the page of a ticket tells of it."""
        return await self.opens(f"/console/tickets/{number}/history")


@asynccontextmanager
async def desk_of(county: County, login: str) -> AsyncIterator[Desk]:
    """Somebody of the staff comes to their desk and signs in."""
    async with _client(county) as client:
        desk = Desk(county, client)
        await desk.signs_in(login)
        yield desk


@asynccontextmanager
async def at_home(county: County) -> AsyncIterator[Browser]:
    """A caller's own browser, at the portal."""
    async with _client(county) as client:
        yield Browser(county, client)


def hire(county: County, login: str, phone: str, role: str = "agent") -> int:
    """Take somebody on who signs in by password."""
    staff_id = employ(county, login, phone, role)
    with county.service.database.writing() as connection:
        give_password(connection, staff_id, KNOWN_HASH, county.clock.now(), one_time=False)
    return staff_id


def _client(county: County) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=county.base_url, follow_redirects=True, timeout=60)
