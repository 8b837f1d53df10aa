"""A telephone in the terminal: an interactive keypad, or keys given beforehand."""

import asyncio
import json
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

Message = dict[str, Any]
Witness = Callable[[Message], None]

# The hotline's questions wait 8 s for an answer: shorter than that is nobody's silence but ours.
QUIET_SECONDS = 6.5
TALK_SECONDS = 3.0
ANSWER_SECONDS = 10.0
HELP = "键入按键后回车 Type keys and Enter · 说话 “s 你好” speak · a 接听 answer · h 挂机 hang up"


def nobody(_message: Message) -> None:
    """The witness of a call that nobody wants to know of."""


@dataclass(slots=True)
class TerminalPhone:
    """What the terminal knows of its call."""

    number: str
    keys: deque[str]
    words: str
    scripted: bool
    write: Callable[[str], None]
    witness: Witness
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    rings: bool = False
    answered: bool = False
    listening: Message = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, message: Message) -> None:
        """Print what happens, and remember what the hotline waits for."""
        self.witness(message)
        line = describe_text(message, self) if message["event"] == "text" else describe(message)
        if line:
            self.write(line)
        match message["event"]:
            case "ringing":
                self.rings = True
            case "answered":
                self.answered, self.rings = True, False
            case "listening":
                self.listening = message
            case "ended":
                self.ended.set()
        self.changed.set()


def describe_text(message: Message, phone: TerminalPhone) -> str:
    """One line for a text that arrived; empty for one of before and for the telephone's own."""
    if message["sender"] == phone.number or message["at"] < phone.since:
        return ""
    return f"  短信 text      {message['sender']}: {message['body']}"


def describe(message: Message) -> str:
    """One line for what happened; empty for what a caller does not notice."""
    match message:  # one case per notice
        case {"event": "ringing", "caller": caller}:
            return f"  振铃 ringing   {caller}"
        case {"event": "answered"}:
            return "  接通 answered"
        case {"event": "utterance", "audio": True, "text": url}:
            return f"  播放 played    {url}"
        case {"event": "utterance", "text": text, "language": language, "speaker": speaker}:
            who = speaker or "hotline"
            return f"  {who:>14} [{language or '-'}]  {text}"
        case {"event": "tone", "kind": kind} if kind in ("beep", "music"):
            return f"  {'嘀 beep' if kind == 'beep' else '音乐 music'}"
        case {"event": "bridged", "other": other}:
            return f"  通话 connected {other}" if other else "  断开 released"
        case {"event": "roster", "members": members, "status": status}:
            names = ", ".join(member["label"] or member["number"] for member in members)
            return f"  会议 conference [{status}] {names or '-'}"
        case {"event": "ended", "status": status}:
            return f"  结束 ended     {status}"
        case {"event": "refused", "reason": reason}:
            return f"  ! {reason}"
    return ""


def run_terminal_phone(
    exchange: str,
    number: str,
    to: str,
    keys: str,
    words: str,
    *,
    listen: bool = False,
    witness: Witness = nobody,
) -> int:
    """Place a call (or wait for one) and print what is heard; returns the exit status.

    0 when the call was answered, 1 when not, 2 when no exchange is there. `witness` is told of
    every message, in both directions.
    """
    try:
        return asyncio.run(_run(exchange, number, to, keys, words, listen, witness))
    except KeyboardInterrupt:
        return 0


async def _run(
    exchange: str, number: str, to: str, keys: str, words: str, listen: bool, witness: Witness
) -> int:
    phone = _terminal(number, keys, words, witness)
    try:
        hotline = to or await _hotline(exchange)
        async with connect(_address(exchange, number)) as socket:
            await _call(phone, socket, "" if listen else hotline)
    except (OSError, httpx2.HTTPError, InvalidStatus):
        _say_nobody_is_there(exchange)
        return 2
    return 0 if phone.answered else 1


def _terminal(
    number: str, keys: str = "", words: str = "", witness: Witness = nobody
) -> TerminalPhone:
    return TerminalPhone(
        number,
        deque(item.strip() for item in keys.split(",") if item.strip()),
        words,
        bool(keys or words),
        lambda line: print(line, flush=True),  # noqa: T201
        witness,
    )


def _address(exchange: str, number: str) -> str:
    return f"{exchange.replace('http', 'ws', 1)}/exchange/phones/{number}"


def _say_nobody_is_there(exchange: str) -> None:
    print(  # noqa: T201
        f"No telephone exchange answers at {exchange}. Start one with `make demo` "
        "(HOTLINE_PORT or --port chooses the port).",
        file=sys.stderr,
    )


def send_terminal_text(exchange: str, number: str, to: str, body: str) -> int:
    """Send a text message and print what is answered; returns the exit status.

    0 when an answer came within a few seconds, 1 when not, 2 when no exchange is there.
    """
    try:
        return asyncio.run(_text(exchange, number, to, body))
    except KeyboardInterrupt:
        return 0
    except (OSError, httpx2.HTTPError, InvalidStatus):
        _say_nobody_is_there(exchange)
        return 2


async def _text(exchange: str, number: str, to: str, body: str) -> int:
    phone = _terminal(number)
    hotline = to or await _hotline(exchange)
    async with connect(_address(exchange, number)) as socket:
        phone.write(f"  短信 text      {number}: {body}")
        await _do(phone, socket, do="text", to=hotline, body=body)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                async for line in socket:
                    message = json.loads(line)
                    phone.note(message)
                    if message["event"] == "refused":
                        return 1
                    if message["event"] == "text" and describe_text(message, phone):
                        return 0
        except TimeoutError:
            phone.write("  没有回复 no answer")
    return 1


async def _hotline(exchange: str) -> str:
    async with httpx2.AsyncClient(timeout=3) as client:
        reply = await client.get(f"{exchange}/exchange/directory")
        reply.raise_for_status()
        return str(reply.json()["hotline"])


async def _call(phone: TerminalPhone, socket: ClientConnection, to: str) -> None:
    if to:
        phone.write(f"  拨打 dialing   {to}  from {phone.number}")
        await _do(phone, socket, do="dial", to=to, hurried=phone.scripted)
    if not phone.scripted:
        phone.write(f"  {HELP}")
    operator = asyncio.create_task(_by_script(phone, socket) if phone.scripted
                                   else _by_hand(phone, socket))  # fmt: skip
    listener = asyncio.create_task(_listen(phone, socket))
    ended = asyncio.create_task(phone.ended.wait())
    try:
        await asyncio.wait({operator, listener, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not phone.ended.is_set() and not listener.done():
            await _do(phone, socket, do="hang_up")
            await asyncio.wait({listener, ended}, timeout=2, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (operator, listener, ended):
            task.cancel()
        await asyncio.gather(operator, listener, ended, return_exceptions=True)


async def _listen(phone: TerminalPhone, socket: ClientConnection) -> None:
    try:
        async for text in socket:
            phone.note(json.loads(text))
    except ConnectionClosed:
        phone.write("  ! The exchange has gone.")


async def _by_script(phone: TerminalPhone, socket: ClientConnection) -> None:
    """Answer each question with the next item; hang up when nothing is left and nothing comes.

    A telephone that waits to be rung answers by itself.
    """
    while True:
        phone.changed.clear()
        if phone.rings:
            phone.rings = False
            await _do(phone, socket, do="answer")
        waiting = bool(phone.listening.get("ready"))
        if waiting and (phone.keys or phone.words):
            kind = phone.listening["kind"]
            phone.listening = {}
            await (_record(phone, socket) if kind == "record" else _reply(phone, socket))
            continue
        try:
            await asyncio.wait_for(phone.changed.wait(), QUIET_SECONDS if waiting else None)
        except TimeoutError:
            return


async def _reply(phone: TerminalPhone, socket: ClientConnection) -> None:
    """Answer a question by the next keys, or by the words when there are no keys left."""
    if not phone.keys:
        await _say(phone, socket)
        return
    await _press(phone, socket)


async def _record(phone: TerminalPhone, socket: ClientConnection) -> None:
    """Speak after the beep, then end with the next keys (or by silence)."""
    phone.write(
        "  我 me           (speaks)" if not phone.words else f"  我 me           {phone.words}"
    )
    await _do(phone, socket, do="talk", seconds=TALK_SECONDS, words=phone.words)
    phone.words = ""
    await asyncio.sleep(TALK_SECONDS)
    if phone.keys:
        await _press(phone, socket)


async def _say(phone: TerminalPhone, socket: ClientConnection) -> None:
    phone.write(f"  我 me           {phone.words}")
    await _do(phone, socket, do="say", words=phone.words, language="cmn-CN")
    phone.words = ""


async def _press(phone: TerminalPhone, socket: ClientConnection) -> None:
    item = phone.keys.popleft()
    await asyncio.sleep(item.count("w"))
    keys = item.replace("w", "")
    phone.write(f"  按键 pressed   {keys}")
    await _do(phone, socket, do="press", keys=keys)


async def _by_hand(phone: TerminalPhone, socket: ClientConnection) -> None:
    """Read lines from the keyboard until it is closed or the caller hangs up."""
    lines = _typed()
    while line := await lines.get():
        words = line.strip()
        if words in ("h", "q"):
            return
        if not words:
            continue
        if words == "a":
            await _do(phone, socket, do="answer")
        elif words.startswith(("s ", '"', "“")):
            await _do(phone, socket, do="say", words=words.removeprefix("s ").strip(' "“”'),
                      language="cmn-CN")  # fmt: skip
        elif set(words) <= set("0123456789*#"):
            await _do(phone, socket, do="press", keys=words)
        else:
            phone.write(f"  {HELP}")


def _typed() -> asyncio.Queue[str]:
    """The lines that are typed, and an empty one at the end.

    Read in a thread: not everything that can be standard input can be waited for by an event loop.
    """
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody reads on
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    return lines


async def _do(phone: TerminalPhone, socket: ClientConnection, **message: Any) -> None:
    phone.witness(message)
    await socket.send(json.dumps(message, ensure_ascii=False))
