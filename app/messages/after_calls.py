"""What a caller gets in writing: the number of a ticket, a policy article."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.calls.wiring import EffectHandler
from app.flows.context import Articles
from app.flows.directory import Directory
from app.flows.effects import OpenTicket, TextArticle
from app.messages.composing import Composer
from app.messages.numbers import can_be_texted
from app.messages.service import send_text
from app.tickets.models import Ticket

log = structlog.get_logger()

TOLD = ("appeal", "voicemail", "incident", "mediation")  # kinds of tickets that callers opened


@dataclass(frozen=True, slots=True)
class CallTexts:
    """Effect handlers that send texts to the telephone of a call; only mobiles get any."""

    composer: Composer
    directory: Callable[[], Directory]
    articles: Callable[[str], Articles]  # by the version a call is pinned to

    def after(self, opening: EffectHandler) -> EffectHandler:
        """Another handler for `OpenTicket`, and then the text with the ticket's number."""

        def handle(connection: Connection, effect: OpenTicket, call: CallFacts) -> None:
            opening(connection, effect, call)
            self.opened(connection, effect, call)

        return handle

    def opened(self, connection: Connection, effect: OpenTicket, call: CallFacts) -> None:
        """Text the number of a ticket that a call has opened, with its promise; once."""
        if effect.kind not in TOLD or not can_be_texted(call.caller):
            return
        ticket = connection.execute(
            select(Ticket.id, Ticket.respond_within, Ticket.complete_within).where(
                Ticket.number == effect.number
            )
        ).one()
        language = effect.language or call.language
        body = self.composer.compose(
            f"ticket.{effect.kind}",
            language,
            number=effect.number,
            category=self.composer.category(effect.category, language),
            respond=self.composer.duration(timedelta(minutes=ticket.respond_within), language),
            complete=self.composer.duration(timedelta(minutes=ticket.complete_within), language),
        )
        send_text(
            connection,
            to=call.caller,
            body=body,
            key=f"ticket:{effect.number}",
            at=call.at,
            ticket_id=ticket.id,
        )

    def article(self, connection: Connection, effect: TextArticle, call: CallFacts) -> None:
        """Text a policy article in full, once per call (requirement R3)."""
        if not can_be_texted(call.caller):
            return
        try:
            article = self.articles(call.flow_version).read(effect.article, call.language)
        except KeyError:  # the version it was read from is gone, and with it the article
            log.warning("texts.article_gone", call=call.sid, article=effect.article)
            return
        body = self.composer.article(call.language, article.title, article.full, article.source)
        key = f"article:{call.sid}:{effect.article}"
        send_text(connection, to=call.caller, body=body, key=key, at=call.at)
