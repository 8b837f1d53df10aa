"""Whether a prompt is played or spoken is decided in memory, by what is at hand."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from app.blobs import BlobError, BlobStore
from app.database import Database
from app.flows.audio_files import AudioFile
from app.flows.directives import Gather, HangUp, Say
from app.flows.library import FlowLibrary
from app.prompt_audio import store
from app.prompt_audio.queries import find_take, in_force, numbers_of, takes_of
from app.prompt_audio.service import (
    Spoken,
    TakeError,
    keep_file,
    number_prompts,
    put_in_force,
    withdraw,
)
from app.prompt_audio.shelf import AudioShelf
from tests.flows.folders import shipped

GREETING = "main.greeting"
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def library() -> FlowLibrary:
    return shipped()


@pytest.fixture
def files(tmp_path: Path) -> BlobStore:
    return BlobStore(str(tmp_path / "files"))


def kept(database: Database, files: BlobStore, words: str, content: bytes = b"sound") -> int:
    """Somebody's file of the greeting is in force."""
    audio = AudioFile(sha256(content).hexdigest(), 1.0, words)
    store.put(files, audio.sha256, content)
    with database.writing() as connection:
        spoken = Spoken(GREETING, "zh-CN", words)
        return keep_file(connection, spoken, audio, "staff:1", NOW)


def played(shelf: AudioShelf, library: FlowLibrary, language: str = "zh-CN") -> str:
    """The file that is played for the greeting; empty when it is spoken."""
    spoken = library.utterance(GREETING, language)
    said, asked = shelf.voiced(Say((spoken,))), shelf.voiced(Gather((spoken,), spoken.language))
    assert isinstance(said, Say)
    assert isinstance(asked, Gather)
    assert said.utterances == asked.prompts
    return said.utterances[0].audio


def words_of(library: FlowLibrary) -> str:
    return library.utterance(GREETING, "zh-CN").text


def test_a_take_is_played_while_it_says_the_text(
    database: Database, files: BlobStore, library: FlowLibrary
) -> None:
    shelf = AudioShelf(files)
    assert played(shelf, library) == ""
    take = kept(database, files, words_of(library))
    shelf.refresh(database, library)
    assert played(shelf, library) == sha256(b"sound").hexdigest()
    assert played(shelf, library, "en-US") == ""
    assert shelf.at_hand(sha256(b"sound").hexdigest()) == b"sound"
    assert shelf.voiced(HangUp()) == HangUp()
    with database.writing() as connection:
        withdraw(connection, take, "staff:1", NOW)
    shelf.refresh(database, library)
    assert played(shelf, library) == ""
    assert shelf.fetch(sha256(b"sound").hexdigest()) == b"sound"  # for who was just sent there
    kept(database, files, "从前的话", b"old")
    shelf.refresh(database, library)
    assert played(shelf, library) == ""


def test_what_is_missing_altered_or_away_is_spoken_until_it_is_back(
    database: Database, files: BlobStore, library: FlowLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(database, files, words_of(library))
    key = sha256(b"sound").hexdigest()
    files.put(f"prompts/{key}.wav", b"another")
    shelf = AudioShelf(files)
    shelf.refresh(database, library)
    assert played(shelf, library) == ""

    def away(_key: str) -> bytes:
        raise BlobError("away")

    with monkeypatch.context() as patched:
        patched.setattr(files, "open", away)
        shelf.refresh(database, library)
        assert played(shelf, library) == ""
        assert shelf.fetch(key) is None
    store.put(files, key, b"sound")
    shelf.refresh(database, library)
    assert played(shelf, library) == key
    files.delete(f"prompts/{key}.wav")
    shelf.refresh(database, library)
    assert played(shelf, library) == key


def test_one_take_of_a_prompt_is_in_force_and_each_can_come_back(
    database: Database, files: BlobStore
) -> None:
    first, second = kept(database, files, "一", b"1"), kept(database, files, "一", b"2")
    with database.writing() as connection:
        assert [take.id for take in in_force(connection)] == [second]
        put_in_force(connection, first, "一", "staff:2", NOW)
        assert [take.id for take in in_force(connection)] == [first]
        with pytest.raises(TakeError, match="out_of_date"):
            put_in_force(connection, second, "二", "staff:2", NOW)
        with pytest.raises(TakeError, match="not_ready"):
            put_in_force(connection, first, "一", "staff:2", NOW)
        with pytest.raises(TakeError, match="gone"):
            withdraw(connection, second, "staff:2", NOW)
        assert [take.state for take in takes_of(connection, GREETING)] == ["withdrawn", "in_force"]
        assert find_take(connection, 0) is None


def test_a_prompt_keeps_its_number_whatever_comes_and_goes(database: Database) -> None:
    with database.writing() as connection:
        assert number_prompts(connection, ["b", "c"])
        assert number_prompts(connection, ["a", "c"])
        assert numbers_of(connection) == {"b": 101, "c": 102, "a": 103}
