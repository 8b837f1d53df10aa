"""Which voice can say what (contract, sections 3.1 and 8)."""

from urllib.parse import quote

from app.exchange.twiml.languages import POLLY_VOICES

BASIC_VOICES = frozenset({"man", "woman", "alice"})
BASIC_LANGUAGES = frozenset(
    "en-US en-GB en-AU en-CA en-IN es-ES es-MX fr-FR fr-CA de-DE it-IT".split()
)
SAME_LANGUAGE = {"zh-CN": "cmn-CN", "zh-TW": "cmn-TW", "zh-HK": "yue-HK"}
CHINESE_POLLY = {"Zhiyu": "cmn-CN", "Hiujin": "yue-HK"}

INVALID_VOICE = 13511
INVALID_TEXT = 13520
TOO_LONG = 13521
MAX_URL_ENCODED = 4500


def objection(text: str, voice: str, language: str) -> tuple[int, str] | None:
    """Why Twilio would not say this, as its code and a sentence; None when it would."""
    if not text:
        return INVALID_TEXT, "<Say> has no text."
    if not _can_speak(voice, language):
        return INVALID_VOICE, f"The voice {voice!r} cannot speak {language!r}."
    if len(quote(text, safe="")) > MAX_URL_ENCODED:
        return TOO_LONG, f"The text is longer than {MAX_URL_ENCODED} URL-encoded characters."
    if len(text.encode()) > _max_bytes(voice):
        return TOO_LONG, f"The text is longer than {_max_bytes(voice)} bytes."
    return None


def _max_bytes(voice: str) -> int:
    if voice.startswith("Polly."):
        return 3000
    return 5000 if voice.startswith("Google.") else 4096


def _can_speak(voice: str, language: str) -> bool:
    language = SAME_LANGUAGE.get(language, language)
    provider, _, name = voice.partition(".")
    if not voice:
        return True
    if provider == "Polly":
        own = CHINESE_POLLY.get(name.partition("-")[0])
        fits = own == language if own else language not in CHINESE_POLLY.values()
        return name in POLLY_VOICES and (not language or fits)
    if provider == "Google":
        return not language or name.lower().startswith(language.lower() + "-")
    return voice in BASIC_VOICES and (not language or language in BASIC_LANGUAGES)
