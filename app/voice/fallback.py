"""The answers that need neither flow nor database: what callers hear when all else fails (L1).

Rendered once at start. The duty telephones ring; when nobody comes, a message is recorded and
reaches the ticket desk through the spool.
"""

from dataclasses import dataclass

from app.flows.directives import Language, Utterance
from app.flows.directory import Directory
from app.voice.gate import judge
from app.voice.twiml import document, element, escaped, say

RING_SECONDS = 20

APOLOGY = {
    "zh-CN": "您好，这里是水库移民服务热线。系统暂时出了点问题，正在为您接通值班人员，请不要挂机。"
    "有生命危险请拨打 110、119 或 120。",
    "en-US": "This is the reservoir migrants' hotline. Something has gone wrong; we are connecting "
    "you to the officer on duty. If a life is in danger call 110, 119 or 120.",
}
LEAVE_MESSAGE = {
    "zh-CN": "值班电话暂时没有接通。请在嘀声后说出您的姓名、电话和事情，说完按任意键。"
    "我们会给您回电话。",
    "en-US": "Nobody could be reached. After the tone, say your name, your number and what it is "
    "about, then press any key. We will call you back.",
}
KEPT = {
    "zh-CN": "您的留言已经录下，我们会给您回电话。再见。",
    "en-US": "Your message is recorded. We will call you back. Goodbye.",
}
WHISPER = {"zh-CN": "移民热线来电。接听请按 1。"}


@dataclass(frozen=True, slots=True)
class SafeDocuments:
    """The prerendered answers."""

    lost: str  # apologise and ring the duty telephones
    not_reached: str  # ask for a message
    kept: str  # thank for it
    goodbye: str  # after a conversation


def safe_documents(directory: Directory, whisper_url: str) -> SafeDocuments:
    """Render the answers for a directory. Raises RefusedDocumentError if they break a rule."""
    languages = [directory.language(tag) for tag in directory.languages]
    numbers = "".join(
        element("Number", {"url": whisper_url, "method": "POST"}, escaped(number))
        for number in directory.duty.officers[:2]
    )
    dial = element(
        "Dial",
        {
            "action": "/voice/fallback/dialed",
            "method": "POST",
            "timeout": str(RING_SECONDS),
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
    return SafeDocuments(
        lost=judge(document(_spoken(APOLOGY, languages) + dial)),
        not_reached=judge(document(_spoken(LEAVE_MESSAGE, languages) + record)),
        kept=judge(document(_spoken(KEPT, languages) + "<Hangup/>")),
        goodbye=judge(document("<Hangup/>")),
    )


def _spoken(texts: dict[str, str], languages: list[Language]) -> str:
    return "".join(
        say(Utterance(texts[language.tag], language))
        for language in languages
        if language.tag in texts
    )
