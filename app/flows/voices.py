"""Languages and voices that Twilio speaks and hears (contract, section 8)."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

SAY_LANGUAGES = frozenset(
    """
    af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-DE
    el-GR en-AU en-CA en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI
    fil-PH fr-CA fr-FR fr-BE gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN ko-KR lv-LV
    ml-IN mr-IN ms-MY nb-NO nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sr-RS sv-SE
    ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-HK zh-CN zh-HK zh-TW
    """.split()
)

GATHER_LANGUAGES = frozenset(
    """
    af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-PS ar-QA
    ar-SA ar-TN az-AZ bg-BG bn-BD bn-IN ca-ES cs-CZ da-DK de-DE el-GR en-AU en-CA en-GB en-GH
    en-IE en-IN en-KE en-NG en-NZ en-PH en-SG en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR
    es-DO es-EC es-ES es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE
    et-EE eu-ES fa-IR fi-FI fil-PH fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID
    is-IS it-IT ja-JP jv-ID ka-GE km-KH kn-IN ko-KR lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN
    ms-MY my-MM nar-IQ nb-NO ne-NP nl-BE nl-NL pa-guru-IN pl-PL pt-BR pt-PT ro-RO ru-RU si-LK
    sk-SK sl-SI sq-AL sr-RS su-ID sv-SE sw-KE sw-TZ ta-IN ta-LK ta-MY ta-SG te-IN th-TH tr-TR
    uk-UA ur-IN ur-PK uz-UZ vi-VN yue-Hant-HK zh cmn-Hans-CN zh-TW cmn-Hant-TW zu-ZA
    """.split()
)

# Where the two differ: what is meant by a code that only the other side knows.
TO_SAY = {
    "cmn-Hans-CN": "cmn-CN",
    "cmn-Hant-TW": "cmn-TW",
    "yue-Hant-HK": "yue-HK",
    "zh": "cmn-CN",
}
TO_GATHER = {
    "cmn-CN": "cmn-Hans-CN",
    "zh-CN": "cmn-Hans-CN",
    "cmn-TW": "cmn-Hant-TW",
    "yue-HK": "yue-Hant-HK",
    "zh-HK": "yue-Hant-HK",
}

# Voices of the languages that the contract lists in full; the others are known by their form.
_CHIRP = "Chirp3-HD-(?:Aoede|Charon|Fenrir|Kore|Leda|Orus|Puck|Zephyr)"
_MANDARIN = rf"Polly\.Zhiyu(?:-Neural)?|Google\.cmn-CN-(?:(?:Standard|Wavenet)-[A-D]|{_CHIRP})"
_TAIWAN = r"Google\.cmn-TW-(?:Standard|Wavenet)-[A-C]"
_CANTONESE = r"Polly\.Hiujin-Neural|Google\.yue-HK-Standard-[A-D]"
_VIETNAMESE = rf"Google\.vi-VN-(?:(?:Standard|Wavenet)-[A-D]|Neural2-[AD]|{_CHIRP})"
VOICES = {
    "cmn-CN": re.compile(_MANDARIN),
    "zh-CN": re.compile(_MANDARIN),
    "cmn-TW": re.compile(_TAIWAN),
    "zh-TW": re.compile(_TAIWAN),
    "yue-HK": re.compile(_CANTONESE),
    "zh-HK": re.compile(_CANTONESE),
    "vi-VN": re.compile(_VIETNAMESE),
}
SAFE_VOICES = {
    "cmn-CN": "Polly.Zhiyu-Neural",
    "zh-CN": "Polly.Zhiyu-Neural",
    "cmn-TW": "Google.cmn-TW-Wavenet-A",
    "zh-TW": "Google.cmn-TW-Wavenet-A",
    "yue-HK": "Polly.Hiujin-Neural",
    "zh-HK": "Polly.Hiujin-Neural",
    "vi-VN": "Google.vi-VN-Wavenet-A",
    "en-US": "Polly.Joanna-Neural",
}
_BASIC = frozenset(("man", "woman", "alice"))
_POLLY = re.compile(r"Polly\.[A-ZÀ-Þ][a-zà-ÿ]+(?:-Neural|-Generative)?")


def speaks(voice: str, language: str) -> bool:
    """Whether a voice exists and speaks a Say language, as far as the contract tells."""
    known = VOICES.get(language)
    if known is not None:
        return known.fullmatch(voice) is not None
    if any(other.fullmatch(voice) for other in VOICES.values()):
        return False
    is_google = voice.startswith(f"Google.{language}-")
    return voice in _BASIC or is_google or _POLLY.fullmatch(voice) is not None


def meant(code: str, known: Iterable[str], other_side: dict[str, str]) -> str:
    """The hint for a language code that is not known: the one that was meant, or those near it."""
    if code in other_side:
        return f"Write `{other_side[code]}`."
    language = code.partition("-")[0]
    near = sorted(one for one in known if one.partition("-")[0] == language)
    near = near or get_close_matches(code[:32], sorted(known), n=3)
    return f"Known are {', '.join(near[:5])}." if near else ""
