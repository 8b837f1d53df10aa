"""From a stranger's sound to a prompt's file, in a process of its own."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from app.calls.recordings.limited import LimitedProgramError, limited_program
from app.flows.audio_files import AudioFile, read_audio

PROGRAM = "app.prompt_audio.conversion_program"
LARGEST_BYTES = 10 * 1024 * 1024  # of what is sent in: ten minutes of MP3, a minute of the best WAV
LONGEST_WORDS = 2_000
SECONDS = 30.0
_MP3_FRAME = 0xE0  # the first eleven bits of an MPEG frame are set


class Trouble(StrEnum):
    """Why a sound is no prompt; each has its sentence on the console and on the telephone."""

    not_audio = "not_audio"
    too_large = "too_large"
    unreadable = "unreadable"
    silent = "silent"
    too_short = "too_short"
    too_long = "too_long"
    unavailable = "unavailable"  # the telephone network did not hand the recording over


class AudioError(Exception):
    """A sound that is no prompt; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Converted:
    """A file that can be played: 8 kHz, mono, even in loudness, its words within."""

    content: bytes
    facts: AudioFile


def converted(data: bytes, words: str) -> Converted:
    """A prompt's file made of a WAV or MP3. Raises AudioError."""
    if len(data) > LARGEST_BYTES:
        raise AudioError(Trouble.too_large)
    if not _is_audio(data):
        raise AudioError(Trouble.not_audio)
    with TemporaryDirectory(prefix="prompt-") as name:
        folder = Path(name)
        (folder / "source").write_bytes(data)
        _run(folder, words[:LONGEST_WORDS])
        content = (folder / "prompt.wav").read_bytes()
    return Converted(content, read_audio(content))


def _is_audio(data: bytes) -> bool:
    """By its first bytes: a WAV, or an MP3 with or without a tag before it."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return True
    is_frame = len(data) > 1 and data[0] == 0xFF and data[1] & _MP3_FRAME == _MP3_FRAME
    return data[:3] == b"ID3" or is_frame


def _run(folder: Path, words: str) -> None:
    order = {"source": str(folder / "source"), "words": words, "cpu_seconds": SECONDS}
    try:
        with limited_program(PROGRAM, folder, json.dumps(order), SECONDS) as lines:
            answer = json.loads(next(lines, "{}"))
    except (LimitedProgramError, json.JSONDecodeError) as error:
        raise AudioError(Trouble.unreadable) from error
    if "seconds" not in answer:
        raise AudioError(Trouble(answer.get("trouble", Trouble.unreadable)))
