"""Plays TwiML on one leg: requests a page, performs its verbs, goes where they lead."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from app.exchange.errors import DebuggerError
from app.exchange.legs import Leg
from app.exchange.pages import Ending, Outcome, Page
from app.exchange.twiml.parser import Document, Node, parse
from app.exchange.verbs import VERBS
from app.exchange.webhooks import Parameters, Reply

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
INVALID_CONTENT_TYPE = 12300
INVALID_URL = 11100
NETWORK_SECONDS = 0.02


class Player:
    """Plays documents on `leg`.

    `allowed` names the verbs that may be used here, `refusal_code` is the debugger's code for
    others; `extra` gives further parameters for every request.
    """

    def __init__(
        self,
        exchange: "Exchange",
        leg: Leg,
        *,
        allowed: frozenset[str] = frozenset(VERBS),
        refusal_code: int = 12200,
        extra: Callable[[], Parameters] = tuple,
    ) -> None:
        self.exchange = exchange
        self.leg = leg
        self.page = Page()
        self._allowed = allowed
        self._refusal_code = refusal_code
        self._extra = extra

    async def play(self, page: Page) -> Ending:
        """Play from `page` until a document runs out or a verb ends it.

        Raises:
            DebuggerError: a page cannot be had or is refused.
        """
        while True:
            outcome = await self.perform(await self.open(page))
            if isinstance(outcome, Page):
                page = outcome
            else:
                return outcome or Ending.RAN_OUT

    async def perform(self, verbs: tuple[Node, ...]) -> Outcome:
        """Perform verbs in order until one leads elsewhere."""
        for node in verbs:
            if not _leaves_unanswered(node):
                self.leg.pick_up()
            outcome = await VERBS[node.name](self, node)
            if outcome is not None:
                return outcome
        return None

    def resolve(self, url: str) -> str:
        """An absolute URL, relative to the current document; empty means the document itself.

        Raises:
            DebuggerError: 11100, the document has no URL (REST `Twiml`) and this one is relative.
        """
        absolute = urljoin(self.page.url, url)
        if not urlsplit(absolute).scheme:
            raise DebuggerError(
                INVALID_URL, f"{url!r} must be absolute: the TwiML has no URL.", url
            )
        return absolute

    def follow(self, url: str, method: str, parameters: Parameters = ()) -> Page:
        """The page a verb leads to."""
        return Page(self.resolve(url), method, parameters)

    def action(self, node: Node, parameters: Parameters) -> Page:
        """The page of a verb's `action`, by default the current document."""
        return self.follow(node.get("action"), node.get("method"), parameters)

    def report(self, page: Page) -> None:
        """Request a page for the record: the leg is gone and the answer changes nothing."""
        self.exchange.spawn(self._request_in_vain(page))

    def warn(self, code: int, sentence: str) -> None:
        """Note something Twilio would warn about."""
        self.exchange.debugger.warn(code, sentence, self.page.url, self.leg.sid)

    async def _request_in_vain(self, page: Page) -> None:
        try:
            await self._request(page)
        except DebuggerError as failure:
            self.exchange.debugger.error(failure, self.leg.sid)

    async def open(self, page: Page) -> tuple[Node, ...]:
        """The verbs of a page, which becomes the current document.

        Raises:
            DebuggerError: it cannot be had or is refused.
        """
        self.page = page
        if page.verbs is not None:
            return page.verbs
        try:
            document = parse(page.twiml) if page.twiml else await self._fetch(page)
            self._check_allowed(document)
        except DebuggerError as failure:
            failure.url = failure.url or self.page.url
            raise
        for code, sentence in document.warnings:
            self.warn(code, sentence)
        return document.verbs

    async def _fetch(self, page: Page) -> Document:
        reply = await self._request(page)
        self.page = replace(page, url=reply.url)
        return _document(reply)

    async def _request(self, page: Page) -> Reply:
        await self.exchange.clock.sleep(NETWORK_SECONDS)
        parameters = (*self.leg.parameters(), *page.parameters, *self._extra())
        copies = 2 if self.exchange.faults.duplicates_action() else 1
        first, *_others = await asyncio.gather(
            *(
                self.exchange.webhooks.send(
                    page.url, page.method, parameters, cookies=self.leg.cookies
                )
                for _ in range(copies)
            )
        )
        return first

    def _check_allowed(self, document: Document) -> None:
        for node in document.verbs:
            if node.name not in self._allowed:
                raise DebuggerError(self._refusal_code, f"<{node.name}> may not be used here.")


def _leaves_unanswered(node: Node) -> bool:
    return node.name in ("Reject", "Pause") or (node.name == "Dial" and node.flag("answerOnBridge"))


def _document(reply: Reply) -> Document:
    media_type = reply.content_type.partition(";")[0].strip().lower()
    if media_type in XML_TYPES:
        return parse(reply.text)
    if media_type.startswith("audio/"):
        return Document((Node("Play", text=reply.url),), ())
    if media_type == "text/plain":
        try:
            return parse(reply.text)
        except DebuggerError:
            return Document((Node("Say", text=" ".join(reply.text.split())),), ())
    what = f"is {media_type!r}" if media_type else "is missing"
    raise DebuggerError(INVALID_CONTENT_TYPE, f"The content type {what}; send text/xml.")
