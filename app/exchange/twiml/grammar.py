"""What TwiML may contain (contract, sections 3 and 8): elements, attributes, values, nesting.

Codes are those Twilio's debugger gives for a bad value; 12200 where it has none of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.exchange.twiml.languages import GATHER_LANGUAGES, SAY_LANGUAGES

SCHEMA_WARNING = 12200

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: how its value is checked, what it is when absent, the code when it is bad."""

    check: Check
    default: str = ""
    code: int = SCHEMA_WARNING


@dataclass(frozen=True, slots=True)
class Element:
    """One verb or noun; `nesting_code` is given for a child that may not stand in it."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    needs_text: bool = False
    nesting_code: int = SCHEMA_WARNING


def _anything(_value: str) -> bool:
    return True


def _at_most(characters: int) -> Check:
    return lambda value: len(value) <= characters


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _several_of(*values: str) -> Check:
    return lambda value: bool(value.split()) and set(value.split()) <= set(values)


def _whole(low: int, high: int = 1_000_000_000) -> Check:
    return lambda value: value.isascii() and value.isdecimal() and low <= int(value) <= high


def _either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _made_of(characters: str) -> Check:
    return lambda value: set(value) <= set(characters)


def _callback_url(value: str) -> bool:
    host = value.partition("://")[2].partition("/")[0]
    return "_" not in host


def _hints(value: str) -> bool:
    phrases = value.split(",")
    return len(phrases) <= 500 and all(len(phrase) <= 100 for phrase in phrases)


KEYS = "0123456789*#"
TRUTH = _one_of("true", "false")
URL = Attribute(_anything)
CALLBACK = Attribute(_callback_url)
POST = Attribute(_one_of("GET", "POST"), "POST")
TEXT = Attribute(_anything)
LEG_EVENTS = Attribute(_several_of("initiated", "ringing", "answered", "completed"), "completed")
RECORDING_EVENTS = Attribute(_several_of("in-progress", "completed", "absent"), "completed")
SPEECH_MODELS = (
    "default phone_call numbers_and_commands experimental_conversations experimental_utterances "
    "googlev2_long googlev2_short googlev2_telephony googlev2_telephony_short "
    "deepgram_nova-2 deepgram_nova-3"
).split()
RING_TONES = (
    "at au bg br be ch cl cn cz de dk ee es fi fr gr hu il in it lt jp mx my nl no nz ph pl pt ru "
    "se sg th uk us us-old tw ve za"
).split()
SSML = frozenset("break emphasis lang p phoneme prosody s say-as sub w".split())


def _method(code: int) -> Attribute:
    return Attribute(_one_of("GET", "POST"), "POST", code)


def _truth(default: str, code: int = SCHEMA_WARNING) -> Attribute:
    return Attribute(TRUTH, default, code)


LEG = {
    "url": URL,
    "method": _method(13221),
    "statusCallback": CALLBACK,
    "statusCallbackMethod": POST,
    "statusCallbackEvent": LEG_EVENTS,
}
MACHINE_DETECTION = {
    "machineDetection": Attribute(_one_of("Enable", "DetectMessageEnd")),
    "machineDetectionTimeout": Attribute(_whole(3, 60), "30"),
    "machineDetectionSpeechThreshold": Attribute(_whole(1000, 6000), "2400"),
    "machineDetectionSpeechEndThreshold": Attribute(_whole(500, 5000), "1200"),
    "machineDetectionSilenceTimeout": Attribute(_whole(2000, 10000), "5000"),
    "amdStatusCallback": CALLBACK,
    "amdStatusCallbackMethod": POST,
}
RECORDING = {
    "recordingStatusCallback": CALLBACK,
    "recordingStatusCallbackMethod": POST,
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
    "recordingConfigurationId": TEXT,
}

SAY = Element(
    {
        "voice": Attribute(_anything, "", 13511),
        "language": Attribute(SAY_LANGUAGES.__contains__, "", 13512),
        "loop": Attribute(_whole(0, 1000), "1", 13510),
    },
    SSML,
    needs_text=True,
)
PLAY = Element(
    {
        "loop": Attribute(_whole(0, 1000), "1", 13410),
        "digits": Attribute(_made_of("0123456789ABCD#*wW"), "", 13430),
    }
)
PAUSE = Element({"length": Attribute(_whole(1), "1", 13910)})
GATHER = Element(
    {
        "input": Attribute(_several_of("dtmf", "speech"), "dtmf", 13326),
        "action": URL,
        "method": _method(13312),
        "timeout": Attribute(_either(_one_of("auto"), _whole(1)), "5", 13313),
        "speechTimeout": Attribute(_either(_one_of("auto"), _whole(1)), "", 13327),
        "numDigits": Attribute(_whole(1), "", 13314),
        "finishOnKey": Attribute(_one_of("", *KEYS), "#", 13310),
        "actionOnEmptyResult": _truth("false", 13338),
        "hints": Attribute(_hints, "", 13330),
        "language": Attribute(GATHER_LANGUAGES.__contains__, "en-US", 13331),
        "partialResultCallback": CALLBACK,
        "partialResultCallbackMethod": _method(13329),
        "profanityFilter": _truth("true", 13333),
        "speechModel": Attribute(_one_of(*SPEECH_MODELS), "", 13334),
        "enhanced": _truth("false"),
        "bargeIn": _truth("true", 13332),
        "maxSpeechTime": Attribute(_whole(1), "60", 13328),
        "debug": _truth("false"),
    },
    frozenset({"Say", "Play", "Pause"}),
    nesting_code=13320,
)
RECORD = Element(
    {
        "action": URL,
        "method": _method(13610),
        "timeout": Attribute(_whole(0), "5", 13611),
        "finishOnKey": Attribute(_made_of(KEYS), "1234567890*#", 13613),
        "maxLength": Attribute(_whole(2, 86_400), "3600", 13612),
        "playBeep": _truth("true"),
        "trim": Attribute(_one_of("trim-silence", "do-not-trim"), "trim-silence"),
        **RECORDING,
        "transcribe": _truth("false"),
        "transcribeCallback": Attribute(_callback_url, "", 13257),
    }
)
DIAL = Element(
    {
        "action": URL,
        "method": _method(13210),
        "answerOnBridge": _truth("false", 13219),
        "callerId": Attribute(_at_most(64), "", 13248),
        "timeout": Attribute(_whole(5, 600), "30", 13212),
        "timeLimit": Attribute(_whole(1, 86_400), "14400", 13216),
        "hangupOnStar": _truth("false", 13213),
        "record": Attribute(
            _one_of(
                "do-not-record",
                "true",
                "record-from-answer",
                "record-from-ringing",
                "record-from-answer-dual",
                "record-from-ringing-dual",
            ),
            "do-not-record",
            13217,
        ),
        **RECORDING,
        "recordingStatusCallback": Attribute(_callback_url, "", 13256),
        "recordingTrack": Attribute(_one_of("inbound", "outbound", "both"), "both"),
        "trim": Attribute(_one_of("trim-silence", "do-not-trim"), "do-not-trim"),
        "ringTone": Attribute(_one_of(*RING_TONES), "", 13220),
        "referUrl": URL,
        "referMethod": POST,
        "sequential": _truth("false", 13218),
        "callReason": Attribute(_at_most(50)),
        "events": TEXT,
        "passports": TEXT,
    },
    frozenset({"Number", "Client", "Sip", "Conference", "Queue"}),
    nesting_code=13215,
)
NUMBER = Element(
    {
        **LEG,
        **MACHINE_DETECTION,
        "sendDigits": Attribute(_made_of("0123456789#*wW"), "", 13222),
        "byoc": TEXT,
    },
    needs_text=True,
)
CLIENT = Element({**LEG, "clientNotificationUrl": URL}, frozenset({"Identity", "Parameter"}))
SIP = Element({**LEG, **MACHINE_DETECTION, "username": TEXT, "password": TEXT}, needs_text=True)
CONFERENCE = Element(
    {
        "muted": _truth("false", 13230),
        "beep": Attribute(_one_of("true", "false", "onEnter", "onExit"), "true", 13235),
        "startConferenceOnEnter": _truth("true", 13232),
        "endConferenceOnExit": _truth("false", 13231),
        "participantLabel": Attribute(_at_most(128)),
        "jitterBufferSize": Attribute(_one_of("small", "medium", "large", "off"), "large"),
        "waitUrl": Attribute(_anything, "", 13233),
        "waitMethod": _method(13234),
        "maxParticipants": Attribute(_whole(2, 250), "250"),
        "record": Attribute(_one_of("do-not-record", "record-from-start"), "do-not-record"),
        "trim": Attribute(_one_of("trim-silence", "do-not-trim"), "trim-silence", 13239),
        "region": Attribute(_one_of("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1")),
        "coach": TEXT,
        "statusCallback": CALLBACK,
        "statusCallbackMethod": POST,
        "statusCallbackEvent": Attribute(
            _several_of(
                "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
            )
        ),
        **RECORDING,
        "eventCallbackUrl": CALLBACK,
    },
    needs_text=True,
)
QUEUE = Element(
    {"url": URL, "method": POST, "reservationSid": TEXT, "postWorkActivitySid": TEXT},
    needs_text=True,
)
ENQUEUE = Element(
    {
        "action": URL,
        "method": POST,
        "waitUrl": URL,
        "waitUrlMethod": POST,
        "maxQueueSize": Attribute(_whole(1, 5000)),
    },
    needs_text=True,
)
REDIRECT = Element({"method": _method(13710)})
MESSAGE = Element(
    {
        "to": TEXT,
        "from": TEXT,
        "action": URL,
        "method": POST,
        "statusCallback": CALLBACK,
    },
    frozenset({"Body", "Media"}),
)
REJECT = Element({"reason": Attribute(_one_of("rejected", "busy"), "rejected")})

VERBS: Mapping[str, Element] = {
    "Say": SAY,
    "Play": PLAY,
    "Pause": PAUSE,
    "Gather": GATHER,
    "Record": RECORD,
    "Dial": DIAL,
    "Enqueue": ENQUEUE,
    "Leave": Element(),
    "Redirect": REDIRECT,
    "Reject": REJECT,
    "Hangup": Element(),
}
# What may answer a text message. The contract has only the REST side of messages (section 4.5):
# this much of messaging TwiML is common knowledge.
MESSAGING_VERBS: Mapping[str, Element] = {"Message": MESSAGE, "Redirect": REDIRECT}
NOUNS: Mapping[str, Element] = {
    "Number": NUMBER,
    "Client": CLIENT,
    "Sip": SIP,
    "Conference": CONFERENCE,
    "Queue": QUEUE,
    "Identity": Element(needs_text=True),
    "Parameter": Element({"name": TEXT, "value": TEXT}),
    "Body": Element(),
    "Media": Element(needs_text=True),
}
ELEMENTS: Mapping[str, Element] = {**VERBS, **MESSAGING_VERBS, **NOUNS}
