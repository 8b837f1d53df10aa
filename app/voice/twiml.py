"""Directives to TwiML: an escaping builder and nothing else, so that no text can become markup."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, urlencode

from app.flows.directives import (
    Dial,
    Directive,
    Gather,
    HangUp,
    JoinConference,
    Language,
    Pause,
    Record,
    Say,
    Utterance,
)
from app.people.presence.address import CLIENT, is_client
from app.voice.ssml import inner_markup
from app.voice.vocabulary import LONGEST_POLLY, LONGEST_SAY

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
AUDIO_PATH = "/voice/audio/"
ANSWERED_PATH = "/voice/softphone/answered"
LEG_EVENTS = "initiated ringing answered completed"
RECORDING_EVENTS = "completed absent"

# Characters that XML 1.0 forbids, even escaped; they would make the whole document unreadable.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCE_END = re.compile(r"(?<=[。！？!?；;])|(?<=[.,，、])(?=\s|[^\x00-\x7f])|(?<=\s)")


@dataclass(frozen=True, slots=True)
class Links:
    """Where the results of this document's directives are to be sent: paths below our own host.

    `caller_id` is what everybody who is dialled sees: the hotline's own number, whoever called.
    `own_action` is where the results of a call go that is in no flow.
    """

    sid: str
    node: str
    step: int
    state_token: str = ""
    caller_id: str = ""
    own_action: str = ""

    @property
    def action(self) -> str:
        """The URL of the next step."""
        if self.own_action:
            return self.own_action
        state = f"&state={quote(self.state_token)}" if self.state_token else ""
        return f"/voice/step?node={_quoted(self.node)}&step={self.step}{state}"


@lru_cache(maxsize=1_024)
def _quoted(node: str) -> str:
    return quote(sanitised(node), safe="")


def sanitised(text: str) -> str:
    """The text without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text)


def escaped(text: str) -> str:
    """The text as it may stand in an element or in a quoted attribute."""
    return (
        sanitised(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
    )


def element(name: str, attributes: dict[str, str], content: str = "") -> str:
    """One element. `content` is markup made by this module; text goes through `escaped` first."""
    written = "".join([f' {key}="{escaped(value)}"' for key, value in attributes.items()])
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def document(content: str) -> str:
    """A whole TwiML document."""
    return f"{DECLARATION}<Response>{content}</Response>"


def render(directives: Sequence[Directive], links: Links) -> str:
    """The document that makes the telephone do what the directives say."""
    asked = _interruptible(directives)
    return document("".join([_render(directive, links) for directive in asked]))


def _interruptible(directives: Sequence[Directive]) -> Sequence[Directive]:
    """What is spoken just before a question becomes part of it.

    Keys are heard only within a question: 9 in the midst of the greeting would be lost.
    """
    if len(directives) < 2 or not isinstance(question := directives[-1], Gather):
        return directives
    before, prompts = list(directives[:-1]), question.prompts
    while before and isinstance(said := before[-1], Say):
        before.pop()
        prompts = said.utterances + prompts
    return (*before, replace(question, prompts=prompts))


def _render(directive: Directive, links: Links) -> str:
    match directive:
        case Gather():
            return _gather(directive, links)
        case Say(utterances):
            return "".join([say(utterance) for utterance in utterances])
        case Record():
            return _record(directive, links)
        case Dial():
            return _dial(directive, links)
        case JoinConference():
            return _conference(directive, links)
        case Pause(seconds):
            return element("Pause", {"length": str(seconds)})
        case HangUp():
            return "<Hangup/>"


@lru_cache(maxsize=2_048)
def say(utterance: Utterance) -> str:
    """An utterance as one Say, as several when it is long, or as the Play of its audio file."""
    if utterance.audio:
        return _play(utterance)
    attributes = {"language": utterance.language.say, "voice": utterance.language.voice}
    markup = inner_markup(utterance, escaped)
    text = sanitised(utterance.said or utterance.text)
    return "".join(
        [
            element("Say", attributes, markup(part))
            for part in split_text(text, markup=markup)
            if part.strip()
        ]
    )


def _play(utterance: Utterance) -> str:
    """The audio file; its words stand beside it as a comment, for whoever reads the call back."""
    words = sanitised(utterance.text).replace("-", "\u2010")  # two hyphens would end the comment
    url = f"{AUDIO_PATH}{utterance.audio}.wav"
    return f"<!--{utterance.language.say} {words}-->{element('Play', {}, escaped(url))}"


def split_text(
    text: str, limit: int = LONGEST_SAY, markup: Callable[[str], str] = str
) -> Iterator[str]:
    """Cut a text so that each part fits into a Say of any voice once it is marked up.

    `limit` is in characters once URL-encoded.

    Cuts at the ends of sentences, else of words, else anywhere; joined again it is the same text.
    """

    def fits(part: str) -> bool:
        written = markup(part)
        return len(quote(written)) <= limit and len(written.encode()) <= LONGEST_POLLY

    if fits(text):
        yield text
        return
    part = ""
    for piece in _SENTENCE_END.split(text):
        for fragment in _fragments(piece, fits):
            if part and not fits(part + fragment):
                yield part
                part = ""
            part += fragment
    if part:
        yield part


def _fragments(piece: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """A sentence that fits, else its halves, wherever they part."""
    if len(piece) <= 1 or fits(piece):
        yield piece
        return
    middle = len(piece) // 2
    yield from _fragments(piece[:middle], fits)
    yield from _fragments(piece[middle:], fits)


def _gather(gather: Gather, links: Links) -> str:
    before, after = _around_action(gather)
    return f"{before}{escaped(links.action)}{after}"


@lru_cache(maxsize=2_048)
def _around_action(gather: Gather) -> tuple[str, str]:
    """The element cut at its action, the only part that differs between callers."""
    attributes = {
        "action": "",
        "input": "dtmf speech" if gather.speech else "dtmf",
        "method": "POST",
        "timeout": str(gather.timeout),
        "actionOnEmptyResult": "true",
        "finishOnKey": gather.finish,
    }
    if gather.digits is not None:
        attributes["numDigits"] = str(gather.digits)
    if gather.speech:
        attributes["language"] = gather.language.gather
        attributes["speechTimeout"] = "auto"
        if gather.hints:
            attributes["hints"] = ",".join(gather.hints)
    whole = element("Gather", attributes, "".join([say(prompt) for prompt in gather.prompts]))
    before, mark, after = whole.partition('action="')
    return before + mark, after


def _record(record: Record, links: Links) -> str:
    return element(
        "Record",
        {
            "action": links.action,
            "method": "POST",
            "timeout": str(record.silence),
            "finishOnKey": record.finish,
            "maxLength": str(record.limit),
            "playBeep": "true",
            "trim": "do-not-trim",
            "recordingStatusCallback": _recording_callback(links),
            "recordingStatusCallbackEvent": RECORDING_EVENTS,
        },
    )


def _dial(dial: Dial, links: Links) -> str:
    attributes = {
        "action": links.action,
        "method": "POST",
        "timeout": str(dial.timeout),
        "timeLimit": str(dial.limit),
        "callerId": links.caller_id,
    }
    if not dial.together and len(dial.numbers) > 1:
        attributes["sequential"] = "true"
    if dial.record:
        attributes["record"] = "record-from-answer-dual"
        attributes["recordingStatusCallback"] = _recording_callback(links)
        attributes["recordingStatusCallbackEvent"] = RECORDING_EVENTS
    progress = {"statusCallback": "/voice/status", "statusCallbackEvent": LEG_EVENTS}
    number, client = progress, progress
    if dial.whisper:
        query = urlencode(_whisper_query(dial.whisper, dial.whisper_language))
        number = progress | {"url": f"/voice/whisper?{query}", "method": "POST"}
        # Whoever answers in a browser has pressed a button: that is their yes.
        language = urlencode({"language": dial.whisper_language.tag})
        client = progress | {"url": f"{ANSWERED_PATH}?{language}", "method": "POST"}
    nouns = [
        element("Client", client, escaped(to.removeprefix(CLIENT)))
        if is_client(to)
        else element("Number", number, escaped(to))
        for to in dial.numbers
    ]
    return element("Dial", attributes, "".join(nouns))


def _whisper_query(whisper: tuple[Utterance, ...], language: Language) -> dict[str, str]:
    """The whisper travels in the URL, which the signature covers: no worker must look it up."""
    text = " ".join(part.text for part in whisper)
    return {"say": sanitised(text), "language": language.tag}


def _recording_callback(links: Links) -> str:
    return f"/voice/recording?call={_quoted(links.sid)}"


def _waiting_url(join: JoinConference) -> str:
    """What is heard while nobody else is there: silence, or the words that travel in the URL."""
    if not join.waiting:
        return "/voice/wait"
    query = _whisper_query(join.waiting, join.waiting[0].language)
    return f"/voice/wait?{urlencode(query)}"


def _conference(join: JoinConference, links: Links) -> str:
    attributes = {
        "startConferenceOnEnter": "true" if join.opens else "false",
        "endConferenceOnExit": "true" if join.closes else "false",
        "participantLabel": join.label,
        "beep": "false",
        "waitUrl": _waiting_url(join),
        "waitMethod": "POST",
        "statusCallback": "/voice/conference",
        "statusCallbackEvent": "start end join leave",
    }
    if join.muted:
        attributes["muted"] = "true"
    if join.coach:
        attributes["coach"] = join.coach
    if join.recorded:
        attributes["record"] = "record-from-start"
        attributes["recordingStatusCallback"] = _recording_callback(links)
        attributes["recordingStatusCallbackEvent"] = RECORDING_EVENTS
    conference = element("Conference", attributes, escaped(join.name))
    dial = {"action": links.action, "method": "POST", "timeLimit": str(join.limit)}
    if join.steps_out:
        dial["hangupOnStar"] = "true"
    return element("Dial", dial, conference)
