"""A provider on 127.0.0.1 that answers whatever a test wants, however badly."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.calls.recordings.provider import Provider

ACCOUNT = "AC" + "0" * 31 + "1"
SID = "RE" + "a" * 32

Answer = bytes | Callable[[socket.socket], None]


def http(
    body: bytes = b"", status: str = "200 OK", kind: str = "audio/x-wav", **headers: str
) -> bytes:
    """A whole answer with the length of its body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + body


@dataclass
class Liar:
    """Gives its answers one after the other, the last one again and again; notes what was asked."""

    port: int
    answers: list[Answer]
    asked: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    sent: int = 0
    done: bool = False

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def provider(self, base: str = "", **changes: object) -> Provider:
        """How the service reaches it."""
        return Provider(base or self.base, ACCOUNT, "SKkey", "secret", **changes)  # type: ignore[arg-type]

    def serve(self, connection: socket.socket) -> None:
        """Answer one request."""
        with connection:
            connection.settimeout(5)
            head = b""
            while b"\r\n\r\n" not in head and (more := connection.recv(4096)):
                head += more
            text = head.decode("latin-1")
            self.asked.append(" ".join(text.split(" ")[:2]))
            self.headers.append(text)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
            except OSError:
                pass  # the service has hung up, as it should

    def pours(self, megabytes: int, head: bytes = b"RIFF") -> Answer:
        """Sound without end, of no stated length."""

        def pour(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\n\r\n" + head)
            block = b"\0" * 65_536
            for _ in range(megabytes * 16):
                connection.sendall(block)
                self.sent += len(block)

        return pour


def drips(head: bytes, drop: bytes = b"\0", every: float = 0.02) -> Answer:
    """A few bytes now and then."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(500):
            connection.sendall(drop)
            time.sleep(every)

    return drip


@contextmanager
def lying(*answers: Answer) -> Iterator[Liar]:
    """A provider with these answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        liar = Liar(listening.getsockname()[1], list(answers))

        def accept() -> None:
            while not liar.done:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=liar.serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield liar
        finally:
            liar.done = True
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)
