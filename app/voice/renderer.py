"""Renders answers and lets nothing through the gate that would end a call in an error message."""

from collections.abc import Callable, Sequence

import structlog

from app.flows.directives import Directive, HangUp, Say
from app.flows.library import FlowLibrary
from app.metrics import counters
from app.voice.gate import RefusedDocumentError, judge
from app.voice.numbers_gate import judge_numbers
from app.voice.twiml import Links, render

log = structlog.get_logger()


class Renderer:
    """Implements `app.calls.wiring.Renderer`."""

    def __init__(
        self,
        safe_document: str,
        library: Callable[[], FlowLibrary],
        voiced: Callable[[Directive], Directive],
        caller_id: str,
    ) -> None:
        """`safe_document` answers instead of a document that the gate refuses.

        `voiced` says of each directive which of its prompts are played instead of spoken.
        `caller_id` is the hotline's own number: nobody who is dialled sees another.
        """
        self._caller_id = caller_id
        self._safe_document = safe_document
        self._library = library
        self._voiced = voiced

    def answer(
        self,
        directives: Sequence[Directive],
        sid: str,
        node: str,
        step: int,
        state_token: str = "",
    ) -> str:
        """The document; its results come back to `node` as `step`."""
        voiced = [self._voiced(directive) for directive in directives]
        links = Links(sid, node, step, state_token, self._caller_id)
        return self.guarded(render(voiced, links), node)

    def answer_at(self, directives: Sequence[Directive], sid: str, action: str) -> str:
        """The document of a call that is in no flow; its results come back to a path of ours."""
        voiced = [self._voiced(directive) for directive in directives]
        links = Links(sid, "", 0, caller_id=self._caller_id, own_action=action)
        return self.guarded(render(voiced, links), action)

    def polite_end(self, language: str) -> str:
        """A kind sentence and the end of the call."""
        goodbye = Say((self._library().utterance("common.goodbye", language),))
        return self.answer((goodbye, HangUp()), "", "end", 0)

    def guarded(self, text: str, node: str) -> str:
        """The text if the gate lets it through, otherwise the safe document."""
        try:
            return judge_numbers(judge(text), self._library().directory.dialling)
        except RefusedDocumentError as error:
            counters.TWIML_REFUSALS.inc()
            log.error("twiml.refused", node=node, reason=str(error))
            return self._safe_document
