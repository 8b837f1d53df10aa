"""`<Play>` (contract, section 3.2)."""

from typing import TYPE_CHECKING

from app.exchange.audio import wav_seconds, wav_words
from app.exchange.errors import DebuggerError
from app.exchange.pages import Outcome
from app.exchange.phones.phone import Tone
from app.exchange.sounds import Sound
from app.exchange.twiml.parser import Node
from app.exchange.webhooks import Reply

if TYPE_CHECKING:
    from app.exchange.player import Player

ENDLESS_LOOPS = 1000
INVALID_CONTENT_TYPE = 13420
SECONDS_PER_KEY = 0.1
PAUSES = {"w": 0.5, "W": 1.0}
COMPRESSED_BYTES_PER_SECOND = 4000
AUDIO_TYPES = frozenset(
    f"audio/{kind}" for kind in "mpeg wav wave x-wav aiff x-aiff x-aifc gsm x-gsm ulaw".split()
)


async def play(player: "Player", node: Node) -> Outcome:
    """Play keys or an audio file, `loop` times.

    Raises:
        DebuggerError: the file cannot be had, or 13420, it is no audio Twilio plays.
    """
    if node.has("digits"):
        await _play_keys(player, node.get("digits"))
        return None
    reply = await player.exchange.webhooks.fetch_media(player.resolve(node.text))
    sound = Sound(_words(reply), _seconds(reply), audio=reply.body if _is_wav(reply) else b"")
    for _ in range(node.number("loop") or ENDLESS_LOOPS):
        await player.leg.hear_sound(sound, url=reply.url)
    return None


async def _play_keys(player: "Player", keys: str) -> None:
    player.leg.notice(Tone(f"dtmf:{keys}"))
    await player.exchange.clock.sleep(sum(PAUSES.get(key, SECONDS_PER_KEY) for key in keys))


def _is_wav(reply: Reply) -> bool:
    return reply.body.startswith(b"RIFF")


def _words(reply: Reply) -> str:
    """What a listener would understand, as far as the file tells; otherwise its URL stands here."""
    return (wav_words(reply.body) if _is_wav(reply) else "") or reply.url


def _seconds(reply: Reply) -> float:
    media_type = reply.content_type.partition(";")[0].strip().lower()
    if media_type not in AUDIO_TYPES:
        raise DebuggerError(
            INVALID_CONTENT_TYPE, f"<Play> got {media_type or 'no content type'!r}.", reply.url
        )
    if not _is_wav(reply):
        return len(reply.body) / COMPRESSED_BYTES_PER_SECOND
    try:
        return wav_seconds(reply.body)
    except ValueError as error:
        raise DebuggerError(INVALID_CONTENT_TYPE, str(error), reply.url) from error
