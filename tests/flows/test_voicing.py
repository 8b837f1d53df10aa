"""Prompts that are more than a text: read from their files, and every mistake named in its place."""

import io
import struct
import wave
from pathlib import Path
from shutil import copytree

import pytest
from app.flows.audio_files import read_audio
from app.flows.compiler import check_folder, compile_folder
from app.flows.prompt_list import listed_prompts
from tests.flows.folders import SHELF, SHIPPED

GREETING = "main.greeting: 您好，这里是水库移民服务热线，回响，二十四小时为您服务。通话会被记录。"
WORDS = GREETING.removeprefix("main.greeting: ")


def wav(words: str = "", *, seconds: float = 1.0, rate: int = 8000, channels: int = 1) -> bytes:
    """A WAV file, with its words as comment."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\1\0" * int(rate * seconds) * channels)
    data = file.getvalue()
    if words:
        comment = words.encode() + b"\0" * (2 - len(words.encode()) % 2)
        chunk = b"INFO" + struct.pack("<4sI", b"ICMT", len(comment)) + comment
        data += struct.pack("<4sI", b"LIST", len(chunk)) + chunk
    return data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped flows, to be changed."""
    copied: Path = copytree(SHIPPED, tmp_path / "flows")
    (copied / "audio" / "zh-CN").mkdir(parents=True)
    return copied


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Change a line of a file."""
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def findings(folder: Path) -> list[str]:
    """What is found, without the folder's name."""
    return [str(one).replace(f"{folder}/", "") for one in check_folder(folder, SHELF)]


def test_a_prompt_may_have_a_rate_other_words_and_a_file(folder: Path) -> None:
    entry = f"main.greeting: {{text: {WORDS}, rate: 85%, say: 您好呀, audio: hello.wav}}"
    rewrite(folder, "prompts/zh-CN.yaml", GREETING, entry)
    sound = wav(WORDS)
    (folder / "audio/zh-CN/hello.wav").write_bytes(sound)
    rewrite(folder, "directory.yaml", "gather: cmn-Hans-CN}", "gather: cmn-Hans-CN, rate: 90%}")
    library = compile_folder(folder, SHELF)
    spoken = library.utterance("main.greeting", "zh-CN")
    assert (spoken.text, spoken.said, spoken.rate) == (WORDS, "您好呀", "85%")
    assert library.audio == {spoken.audio: sound}
    assert spoken.language.rate == "90%"
    assert spoken.language.pronunciation.entries
    assert findings(folder) == []
    before = library.version
    (folder / "audio/zh-CN/hello.wav").write_bytes(wav(WORDS, seconds=2))
    assert compile_folder(folder, SHELF).version != before


MISTAKES = [
    ("{text: x, rate: 200%}", "a rate is between 50% and 150%"),
    ("{text: x, rate: fast}", "write a rate as 90%"),
    ("{text: ' '}", "write what is spoken"),
    ("{say: x}", "`text` is missing"),
    ("{text: x, speed: 2}", "Unknown key `speed`"),
    ("{text: '{nobody}'}", "unknown field `nobody`"),
    ("{text: x, audio: ../secret.wav}", "audio"),
    ("{text: x, audio: hello.mp3}", "audio"),
    ("[a, b]", "must be a text that is spoken"),
    ("{text: x, audio: gone.wav}", "there is no file audio/zh-CN/gone.wav"),
    ("{text: '{department}', audio: hello.wav}", "no recording can say"),
    ("{text: x, audio: stereo.wav}", "it is not 8 kHz, mono, 16 bit"),
    ("{text: x, audio: long.wav}", "a prompt lasts up to 120 s"),
    ("{text: x, audio: none.wav}", "it is not a WAV file"),
    ("{text: x, audio: cut.wav}", "it is cut off, or holds no sound"),
    ("{text: x, audio: hello.wav}", "which is no longer the text"),
]


@pytest.mark.parametrize(("written", "sentence"), MISTAKES)
def test_a_mistake_is_named_in_its_place(folder: Path, written: str, sentence: str) -> None:
    audio = folder / "audio/zh-CN"
    (audio / "hello.wav").write_bytes(wav(WORDS))
    (audio / "stereo.wav").write_bytes(wav(channels=2))
    (audio / "long.wav").write_bytes(wav(seconds=121))
    (audio / "none.wav").write_bytes(b"<html>")
    (audio / "cut.wav").write_bytes(wav()[:30])
    rewrite(folder, "prompts/zh-CN.yaml", GREETING, f"main.greeting: {written}")
    named = [one for one in findings(folder) if one.startswith("prompts/zh-CN.yaml:")]
    assert any(sentence in one for one in named), named


def test_an_outdated_file_is_not_played_and_an_unused_one_is_named(folder: Path) -> None:
    entry = "main.greeting: {text: 新的话, audio: hello.wav}"
    rewrite(folder, "prompts/zh-CN.yaml", GREETING, entry)
    for name in ("hello", "other"):
        (folder / f"audio/zh-CN/{name}.wav").write_bytes(wav(WORDS))
    library = compile_folder(folder, SHELF)
    assert library.utterance("main.greeting", "zh-CN").audio == ""
    assert library.audio == {}
    found = findings(folder)
    assert any("audio/zh-CN/other.wav:1:1: warning: No prompt is played" in one for one in found)


PRONUNCIATIONS = [
    ("重建: ''", "alias"),
    ("重建: {pinyin: zhòng}", "pinyin"),
    ("重建: {pinyin: chong2, ipa: x}", "Write the sounds once"),
    ("重建: {}", "Write how it is said"),
    ("重建: {ipa: '<x>'}", "ipa"),
    (f"{'长' * 41}: 短", "A written form has 1 to 40 characters"),
    ("- 重建", "Write each word with how it is said"),
    ("\n".join(f"词{number}: 词" for number in range(501)), "at most 500"),
]


@pytest.mark.parametrize(("written", "sentence"), PRONUNCIATIONS)
def test_a_bad_pronunciation_is_named(folder: Path, written: str, sentence: str) -> None:
    (folder / "pronunciation/zh-CN.yaml").write_text(written)
    found = [one for one in findings(folder) if one.startswith("pronunciation/zh-CN.yaml:")]
    assert any(sentence in one for one in found), found


def test_a_missing_translation_is_listed(folder: Path) -> None:
    english = (folder / "prompts/en-US.yaml").read_text().splitlines(keepends=True)
    kept = [line for line in english if not line.startswith("main.menu:")]
    (folder / "prompts/en-US.yaml").write_text("".join(kept))
    missing = [one for one in listed_prompts(compile_folder(folder, SHELF)) if one.is_missing]
    assert [(one.key, one.language) for one in missing] == [("main.menu", "en-US")]


def test_a_file_says_what_is_heard_in_it() -> None:
    facts = read_audio(wav("您好", seconds=1.5))
    assert (facts.words, facts.seconds) == ("您好", 1.5)
    assert read_audio(wav()).words == ""
