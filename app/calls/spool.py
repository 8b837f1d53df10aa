"""A local, fsynced, encrypted file of what was accepted while the database was away.

Each worker appends to a file of its own; every line stands alone. Replaying is idempotent, because
each line carries the keys by which SQL knows it, so a crash between replay and removal is harmless.
"""

import asyncio
import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from cryptography.fernet import InvalidToken

from app.database import cipher

log = structlog.get_logger()

Item = dict[str, Any]


class Spool:
    """A folder of spooled items; call from threads, from the event loop only `keep`.

    `<worker>.spool` is appended to; a replay first moves it to `<worker>.replay`, so that callers
    never wait for a replay. File locks keep several workers out of each other's way.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._own = folder / f"{name}.spool"
        # A thread of its own: those of reads may all hang when the database does.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._handing_over = threading.Lock()
        self._pending: list[Item] = []
        self._batch: asyncio.Future[None] | None = None  # writes what is pending, once it begins

    async def keep(self, item: Item) -> None:
        """Keep an item durably, for callers on the event loop. Raises OSError as `append`.

        Those who come at once share a sync: it is paid per write, not per item.
        """
        with self._handing_over:
            self._pending.append(item)
            if self._batch is None:
                loop = asyncio.get_running_loop()
                self._batch = loop.run_in_executor(self._thread, self._write_pending)
            batch = self._batch
        await asyncio.shield(batch)

    def append(self, item: Item) -> None:
        """Keep an item durably. Raises OSError when even the disk fails."""
        self._write([item])

    def _write_pending(self) -> None:
        with self._handing_over:
            items, self._pending, self._batch = self._pending, [], None
        self._write(items)

    def _write(self, items: Sequence[Item]) -> None:
        texts = [json.dumps(item, ensure_ascii=False).encode() for item in items]
        lines = [cipher().encrypt(text) + b"\n" for text in texts]
        with self._locked("append.lock"), self._own.open("ab") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits to be replayed, by this worker or a dead one."""
        return not self._waiting()

    def waiting(self) -> tuple[int, int]:
        """How many items wait to be replayed, and how many lines were set aside as unreadable."""
        return self._lines(".spool", ".replay"), self._lines(".unreadable")

    def _lines(self, *suffixes: str) -> int:
        if not self._folder.is_dir():
            return 0
        found = [path for path in self._folder.iterdir() if path.suffix in suffixes]
        return sum(len(path.read_bytes().splitlines()) for path in found if path.exists())

    def replay(self, apply: Callable[[Item], None]) -> int:
        """Apply every item in the order it was kept; returns how many.

        `apply` must be idempotent and raise when the item could not be applied: that item and those
        behind it then stay for the next time. A line cut off by a crash is reported and set aside.
        Raises BlockingIOError when another worker is replaying.
        """
        with self._locked("replay.lock", wait=False):
            return sum(self._replay_worker(stem, apply) for stem in self._waiting())

    def _waiting(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(
            {path.stem for path in self._folder.iterdir() if path.suffix in (".spool", ".replay")}
        )

    def _replay_worker(self, stem: str, apply: Callable[[Item], None]) -> int:
        spooled = self._folder / f"{stem}.spool"
        moved = self._folder / f"{stem}.replay"
        done = _replay_file(moved, apply) if moved.exists() else 0
        with self._locked("append.lock"):
            if not spooled.exists():
                return done
            spooled.replace(moved)
        return done + _replay_file(moved, apply)

    @contextmanager
    def _locked(self, name: str, *, wait: bool = True) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / name).open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield


def _replay_file(path: Path, apply: Callable[[Item], None]) -> int:
    lines = path.read_bytes().splitlines(keepends=True)
    done = 0
    try:
        for item in _items(lines, path):
            if item is not None:
                apply(item)
            done += 1
    finally:
        _keep_rest(path, lines[done:])
    return done


def _items(lines: list[bytes], path: Path) -> Iterator[Item | None]:
    for number, line in enumerate(lines, start=1):
        try:
            item: Item = json.loads(cipher().decrypt(line.strip()))
        except (InvalidToken, ValueError):
            log.error("spool.unreadable_line", file=path.name, line=number)
            with path.with_suffix(".unreadable").open("ab") as aside:
                aside.write(line)
            yield None
        else:
            yield item


def _keep_rest(path: Path, rest: list[bytes]) -> None:
    """Replace the file by the lines not yet applied, atomically."""
    if not rest:
        path.unlink()
        return
    fresh = path.with_suffix(".rest")
    with fresh.open("wb") as file:
        file.writelines(rest)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
