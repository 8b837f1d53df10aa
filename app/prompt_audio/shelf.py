"""What this worker can play, in its memory: whether a prompt is played or spoken is decided here.

Nothing is played that is not at hand: with a file missing or the store away, the text is spoken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256 as hashed
from operator import is_

import structlog

from app.blobs import BlobError, BlobStore
from app.database import Database
from app.flows.directives import Directive, Gather, Say, Utterance
from app.flows.library import FlowLibrary
from app.prompt_audio import queries, store

log = structlog.get_logger()

MOST_BYTES = 96 * 1024 * 1024  # in memory: an hour and a half of sound

_ByPrompt = Mapping[tuple[str, str], queries.Take]


@dataclass(frozen=True, slots=True)
class _Stock:
    """What may be played (by prompt and language), and the files at hand (by SHA-256)."""

    takes: _ByPrompt = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


class AudioShelf:
    """The files of one worker. `refresh` runs in a thread; all else is memory and never waits."""

    def __init__(self, files: BlobStore) -> None:
        self._store = files
        self._stock = _Stock()
        self._stored: set[str] = set()  # files of the flows that other workers find in the store
        self._reported: set[str] = set()
        self._complete: tuple[str, tuple[queries.Take, ...]] | None = None  # nothing is lacking

    def voiced(self, directive: Directive) -> Directive:
        """A directive with each prompt played that somebody has spoken."""
        match directive:
            case Say(utterances):
                chosen = self._chosen(utterances)
                return directive if chosen is utterances else Say(chosen)
            case Gather():
                chosen = self._chosen(directive.prompts)
                return (
                    directive if chosen is directive.prompts else replace(directive, prompts=chosen)
                )
        return directive

    def at_hand(self, sha256: str) -> bytes | None:
        """A file from memory."""
        return self._stock.files.get(sha256)

    def is_complete(self, version: str) -> bool:
        """Whether nothing that was in force at the last refresh is lacking for a version."""
        return self._complete is not None and self._complete[0] == version

    def fetch(self, sha256: str) -> bytes | None:
        """A file from the store, for a worker that has not got it yet. Waits for the store."""
        try:
            return store.find(self._store, sha256)
        except BlobError as error:
            log.warning("prompt.store_away", error=str(error))
            return None

    def refresh(self, database: Database, library: FlowLibrary) -> None:
        """Bring memory up to what is in force: by the tables, and by the files of the flows."""
        with database.reading() as connection:
            takes = tuple(queries.in_force(connection))
        if (library.version, takes) == self._complete:
            return
        files: dict[str, bytes] = dict(library.audio)
        self._share(library.audio)
        room = MOST_BYTES - sum(len(content) for content in files.values())
        for take in takes:
            content = files.get(take.sha256) or self._obtain(take)
            if content is None:
                continue
            if len(content) > room:
                self._report("prompt.no_room", take)
                continue
            files[take.sha256] = content
            room -= len(content)
        self._stock = _Stock({(take.prompt, take.language): take for take in takes}, files)
        is_complete = all(take.sha256 in files for take in takes) and (
            library.audio.keys() <= self._stored
        )
        self._complete = (library.version, takes) if is_complete else None

    def _chosen(self, utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
        chosen = tuple([self._choose(utterance) for utterance in utterances])
        return utterances if all(map(is_, chosen, utterances)) else chosen

    def _choose(self, utterance: Utterance) -> Utterance:
        """The utterance with the file to be played, or without any.

        A take is played only while it says what the prompt says now.
        """
        if not utterance.prompt:
            return utterance
        stock = self._stock
        take = stock.takes.get((utterance.prompt, utterance.language.tag))
        audio = utterance.audio
        if take is not None and take.words == utterance.text and take.sha256 in stock.files:
            audio = take.sha256
        if audio not in stock.files:
            audio = ""
        return utterance if audio == utterance.audio else replace(utterance, audio=audio)

    def _obtain(self, take: queries.Take) -> bytes | None:
        """A take's file: from memory, or from the store if it is there as it was put."""
        known = self._stock.files.get(take.sha256)
        if known is not None:
            return known
        try:
            content = store.find(self._store, take.sha256)
        except BlobError:
            self._report("prompt.store_away", take)
            return None
        if content is None or hashed(content).hexdigest() != take.sha256:
            self._report("prompt.file_missing", take)
            return None
        return content

    def _share(self, audio: Mapping[str, bytes]) -> None:
        """Put the files of the flows into the store, for workers that read the flows later."""
        for sha256 in audio.keys() - self._stored:
            try:
                store.put(self._store, sha256, audio[sha256])
                self._stored.add(sha256)
            except BlobError as error:
                log.warning("prompt.not_shared", sha256=sha256, error=str(error))

    def _report(self, what: str, take: queries.Take) -> None:
        """Say once that a prompt is spoken that should be played."""
        if f"{what}{take.id}" not in self._reported:
            self._reported.add(f"{what}{take.id}")
            log.error(
                what, prompt=take.prompt, language=take.language, instead="the text is spoken"
            )
