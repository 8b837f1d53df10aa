"""The TwiML that we may send: verbs, nouns, attributes, nesting, languages (contract, 3 and 8).

Smaller than what Twilio knows on purpose: whatever is not here was not meant.
"""

import re
from collections.abc import Mapping

Attributes = Mapping[str, frozenset[str]]

ATTRIBUTES: Attributes = {
    "Response": frozenset(),
    "Say": frozenset({"language", "voice", "loop"}),
    "prosody": frozenset({"rate"}),
    "sub": frozenset({"alias"}),
    "phoneme": frozenset({"alphabet", "ph"}),
    "Play": frozenset({"loop"}),
    "Pause": frozenset({"length"}),
    "Gather": frozenset(
        {"input", "action", "method", "timeout", "speechTimeout", "numDigits", "finishOnKey",
         "actionOnEmptyResult", "hints", "language", "profanityFilter"}
    ),
    "Record": frozenset(
        {"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "trim",
         "recordingStatusCallback", "recordingStatusCallbackEvent"}
    ),
    "Dial": frozenset(
        {"action", "method", "timeout", "timeLimit", "callerId", "answerOnBridge", "sequential",
         "record", "recordingStatusCallback", "recordingStatusCallbackEvent", "hangupOnStar"}
    ),
    "Number": frozenset(
        {"url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent"}
    ),
    "Client": frozenset(
        {"url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent"}
    ),
    "Conference": frozenset(
        {"startConferenceOnEnter", "endConferenceOnExit", "participantLabel", "beep", "waitUrl",
         "waitMethod", "statusCallback", "statusCallbackEvent", "maxParticipants", "muted",
         "coach", "record", "recordingStatusCallback", "recordingStatusCallbackEvent"}
    ),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
}  # fmt: skip

CHILDREN: Attributes = {
    "Response": frozenset({"Say", "Play", "Pause", "Gather", "Record", "Dial", "Redirect",
                           "Hangup"}),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Client", "Conference"}),
    "Say": frozenset({"prosody", "sub", "phoneme"}),
    "prosody": frozenset({"sub", "phoneme"}),
}  # fmt: skip

SPEECH_MARKS = frozenset({"prosody", "sub", "phoneme"})  # SSML, within a Say
TEXT_ELEMENTS = (
    frozenset({"Say", "Play", "Number", "Client", "Conference", "Redirect"}) | SPEECH_MARKS
)

VOICE_PREFIXES = ("Polly.", "Google.", "man", "woman", "alice")

RATE = re.compile(r"[0-9]{2,3}%")
OWN_AUDIO = re.compile(r"/voice/audio/[0-9a-f]{64}\.wav")  # nothing else is ever played

LARGEST_DOCUMENT = 64 * 1024  # bytes, else error 11750
LONGEST_SAY = 4_500  # characters once URL-encoded, else error 13521
LONGEST_POLLY, LONGEST_GOOGLE, LONGEST_BASIC = 3_000, 5_000, 4_096
