"""The answers that need neither flow nor database: what callers hear when all else fails (L1).

Rendered once at start. The duty telephones ring; when nobody comes, a message is recorded and
reaches the ticket desk through the spool.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from app.flows.directives import Utterance
from app.flows.library import FlowLibrary
from app.voice.gate import judge
from app.voice.numbers_gate import judge_numbers
from app.voice.twiml import document, element, escaped, say

RING_SECONDS = 20
LONGEST_TALK = 3_600
BUSY_SECONDS = 5  # of waiting before a caller's turn is asked for again


@dataclass(frozen=True, slots=True)
class SafeDocuments:
    """The prerendered answers."""

    lost: str  # apologise and ring the duty telephones
    not_reached: str  # ask for a message
    kept: str  # thank for it
    goodbye: str  # after a conversation
    busy_before: str  # ask for patience, and for 9 in an emergency; around the action
    busy_after: str

    def busy(self, action: str) -> str:
        """More callers than can be served: wait a moment, then the same request again."""
        return f"{self.busy_before}{escaped(action)}{self.busy_after}"


def safe_documents(library: FlowLibrary, caller_id: str) -> SafeDocuments:
    """Render the answers from the prompts of a library, in each language that has them.

    `caller_id` is the hotline's own number.

    Raises RefusedDocumentError if they break a rule.
    """
    numbers = "".join(
        element("Number", {"url": _whisper_url(library), "method": "POST"}, escaped(number))
        for number in library.directory.duty.officers[:2]
    )
    dial = element(
        "Dial",
        {
            "action": "/voice/fallback/dialed",
            "method": "POST",
            "timeout": str(RING_SECONDS),
            "timeLimit": str(LONGEST_TALK),
            "callerId": caller_id,
            "sequential": "true",
        },
        numbers,
    )
    record = element(
        "Record",
        {
            "action": "/voice/fallback/recorded",
            "method": "POST",
            "timeout": "5",
            "maxLength": "120",
            "playBeep": "true",
            "trim": "do-not-trim",
            "recordingStatusCallback": "/voice/recording",
            "recordingStatusCallbackEvent": "completed absent",
        },
    )
    listening = {
        "input": "dtmf",
        "numDigits": "1",
        "method": "POST",
        "timeout": str(BUSY_SECONDS),
        "actionOnEmptyResult": "true",
        "action": "/voice/step",
    }
    busy = judge(document(element("Gather", listening, _spoken(library, "fallback.busy"))))
    busy_before, mark, busy_after = busy.partition('action="')
    return SafeDocuments(
        lost=judge_numbers(
            judge(document(_spoken(library, "fallback.apology") + dial)),
            library.directory.dialling,
        ),
        not_reached=judge(document(_spoken(library, "fallback.leave_message") + record)),
        kept=judge(document(_spoken(library, "fallback.kept") + "<Hangup/>")),
        goodbye=judge(document("<Hangup/>")),
        busy_before=busy_before + mark,
        busy_after=busy_after.removeprefix("/voice/step"),
    )


def _spoken(library: FlowLibrary, prompt: str) -> str:
    """A prompt in each language that has it: nobody has chosen one."""
    texts = {tag: library.prompts.text(prompt, tag, {}) for tag in library.languages}
    return "".join(
        say(Utterance(text, library.language(tag)))
        for tag, (text, spoken_in) in texts.items()
        if spoken_in == tag
    )


def _whisper_url(library: FlowLibrary) -> str:
    """What a duty officer hears, in the hotline's own language; no flow is asked for it."""
    text, tag = library.prompts.text("fallback.whisper", library.default_language, {})
    return f"/voice/whisper?{urlencode({'say': text, 'language': tag})}"
