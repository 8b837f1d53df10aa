"""The ticket that a caller was told of: how it stood is known from what was heard."""

from collections.abc import Sequence

from app.flows.library import FlowLibrary
from app.rehearsal.recording.moments import Moment
from app.rehearsal.recording.recognising import Recogniser

STATE_PROMPT = "status.state."
OUTCOME = "……"  # what came of it is the caller's own matter


def ticket_told(
    moments: Sequence[Moment], recogniser: Recogniser, library: FlowLibrary
) -> dict[str, str]:
    """The ticket as a transcript writes it; empty when the caller was told of none."""
    for moment in moments:
        for sentence in moment.heard:
            recognised = recogniser.recognise(sentence)
            if recognised is not None and "ticket_state" in recognised.fields:
                return {
                    "state": _state(recognised.fields["ticket_state"], library),
                    "category": _category(recognised.fields.get("category", ""), library),
                    "outcome": OUTCOME,
                }
    return {}


def _state(words: str, library: FlowLibrary) -> str:
    for prompts in library.prompts.by_language.values():
        for key, template in prompts.items():
            if key.startswith(STATE_PROMPT) and template == (words,):
                return key.removeprefix(STATE_PROMPT)
    return "new"


def _category(name: str, library: FlowLibrary) -> str:
    directory = library.directory
    named = (key for key, entry in directory.categories.items() if name in entry.names.values())
    return next(named, directory.message_category)
