"""What the telephone is to do next: the output of one step, free of TwiML.

A step yields directives in order. The last one is either *waiting* (Gather, Record, Dial,
JoinConference: its result comes back as the next input) or *final* (HangUp).
"""

from dataclasses import dataclass, replace

from app.flows.pronunciation import AS_WRITTEN, Pronunciation


@dataclass(frozen=True, slots=True)
class Language:
    """How one language is spoken and recognised.

    Twilio names languages differently for speaking and for listening (contract, section 8):
    `say` is for example `cmn-CN`, `gather` `cmn-Hans-CN`. `rate` is in per cent of the voice's own,
    empty for that.
    """

    tag: str  # our own name for it: zh-CN, en-US
    say: str
    voice: str
    gather: str
    rate: str = ""
    pronunciation: Pronunciation = AS_WRITTEN


@dataclass(frozen=True, slots=True)
class Utterance:
    """Text spoken in one language. Never empty.

    `prompt` is the key of the prompt it comes from; `said` are other words that the voice speaks
    for the text, `rate` is the prompt's own. `audio` is the SHA-256 of a file that is played
    instead, of which `text` are the words. `kept` stands in the record of the call where the text
    itself is a secret.
    """

    text: str
    language: Language
    prompt: str = ""
    said: str = ""
    rate: str = ""
    audio: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak, then go on to the next directive."""

    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Be silent for a number of seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Gather:
    """Speak and listen for keys, and for words when `speech` is set.

    `digits` is the number of keys that ends listening, or None for "until `finish`".
    `finish` is one key, or empty for none. `timeout` is in seconds after the last word or key.
    Silence is reported too.
    """

    prompts: tuple[Utterance, ...]
    language: Language
    digits: int | None = 1
    finish: str = ""
    timeout: int = 6
    speech: bool = False
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller after a beep until a key of `finish`, `silence` seconds or `limit` s."""

    limit: int
    silence: int = 5
    finish: str = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect the caller to the first of `numbers` that accepts by pressing 1.

    `together` rings all at once, otherwise one after another. `whisper` is spoken to the person
    who answers, before they accept; without one, whoever answers is connected. `timeout` is the
    ringing time per number in seconds, `limit` the longest conversation in seconds.
    """

    numbers: tuple[str, ...]
    timeout: int
    limit: int
    whisper: tuple[Utterance, ...]
    whisper_language: Language
    together: bool = False
    record: bool = False


@dataclass(frozen=True, slots=True)
class JoinConference:
    """Put this leg on the floor of a conference.

    `opens` starts the conference when this leg enters; `closes` ends it for everyone when this
    leg leaves (the mediator). `label` names the leg within the conference. `steps_out` lets the key
    `*` take the leg back. `coach` is the SID of the one call that alone hears this leg. `recorded`
    records the conference from its start. `waiting` is spoken again and again to whoever is alone.
    """

    name: str
    label: str
    opens: bool
    closes: bool
    limit: int
    muted: bool = False
    steps_out: bool = False
    coach: str = ""
    recorded: bool = False
    waiting: tuple[Utterance, ...] = ()


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Directive = Say | Pause | Gather | Record | Dial | JoinConference | HangUp
WAITING = (Gather, Record, Dial, JoinConference)


def without_secrets(directives: tuple[Directive, ...]) -> tuple[Directive, ...]:
    """The directives as they may be kept; the very same where nothing in them is a secret."""
    if not any(_is_secret(directive) for directive in directives):
        return directives
    return tuple(_as_kept(directive) for directive in directives)


def _is_secret(directive: Directive) -> bool:
    match directive:
        case Gather(prompts) | Say(prompts):
            return any(prompt.kept for prompt in prompts)
    return False


def _as_kept(directive: Directive) -> Directive:
    match directive:
        case Gather(prompts):
            return replace(directive, prompts=tuple(_kept(prompt) for prompt in prompts))
        case Say(prompts):
            return Say(tuple(_kept(prompt) for prompt in prompts))
    return directive


def _kept(utterance: Utterance) -> Utterance:
    if not utterance.kept:
        return utterance
    return Utterance(utterance.kept, utterance.language, utterance.prompt)
