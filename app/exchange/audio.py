"""Recorded audio: WAV files, 8 kHz, mono or stereo, 16 bit, put together from what sounded."""

import io
import warnings
from dataclasses import dataclass, field
from typing import Protocol

import soundfile

from app.exchange.sounds import Sound

with warnings.catch_warnings():
    # pydub warns that it found no ffmpeg; WAV, all that is needed here, does without.
    warnings.simplefilter("ignore")
    from pydub.audio_segment import AudioSegment
    from pydub.generators import Sine

RATE_HZ = 8000
TONE_HZ = 330.0
TONE_GAIN_DB = -18.0


class Speech(Protocol):
    """Turns text into sound."""

    def speak(self, text: str, language: str) -> bytes:
        """The text as a WAV file, of any length and rate; empty if it cannot be said."""


class ToneSpeech:
    """The voice when there is no synthesiser: leaves every sound a plain tone."""

    def speak(self, text: str, language: str) -> bytes:
        """No words: the caller puts a tone of the right length in their place."""
        return b""


@dataclass
class Tape:
    """Collects sounds in their places; times are the clock's monotonic seconds.

    `channels` is 1, or 2 when the parties are kept apart (channel 0 and 1). `only` names the one
    side that is recorded, if not both.
    """

    begin: float
    channels: int = 1
    only: int | None = None
    _sounds: list[tuple[int, float, Sound]] = field(default_factory=list)
    _skipped: float = 0.0
    _paused_at: float | None = None
    _skipping: bool = False

    def add(self, channel: int, at: float, sound: Sound) -> None:
        """Lay a sound on a channel (a mono tape has but one)."""
        if self._paused_at is None and self.only in (None, channel):
            place = at - self.begin - self._skipped
            self._sounds.append((channel % self.channels, place, sound))

    def pause(self, at: float, *, skip: bool) -> None:
        """Stop listening; `skip` leaves the pause out, otherwise it stays as silence."""
        if self._paused_at is None:
            self._paused_at, self._skipping = at, skip

    def resume(self, at: float) -> None:
        """Listen again."""
        if self._paused_at is not None:
            self._skipped += at - self._paused_at if self._skipping else 0.0
            self._paused_at = None

    def seconds(self, at: float) -> float:
        """The length of the tape if it ended at `at`."""
        self.resume(at)
        return max(0.0, at - self.begin - self._skipped)

    @property
    def silent(self) -> bool:
        """Whether nothing has sounded."""
        return not self._sounds

    def wav(self, seconds: float, speech: Speech, *, trim: bool) -> bytes:
        """The tape as a WAV file of `seconds`; `trim` drops silence before and after the sounds."""
        sides = [self._mix(channel, seconds, speech) for channel in range(self.channels)]
        whole = sides[0] if self.channels == 1 else AudioSegment.from_mono_audiosegments(*sides)
        if trim and self._sounds:
            begin = min(place for _, place, _ in self._sounds)
            end = max(place + sound.seconds for _, place, sound in self._sounds)
            whole = whole[round(begin * 1000) : round(end * 1000)]
        file = io.BytesIO()
        whole.export(file, format="wav")
        return file.getvalue()

    def _mix(self, channel: int, seconds: float, speech: Speech) -> AudioSegment:
        mixed: AudioSegment = AudioSegment.silent(
            round(seconds * 1000), frame_rate=RATE_HZ
        ).set_channels(1)
        for own, place, sound in self._sounds:
            if own == channel:
                mixed = mixed.overlay(_clip(sound, speech), position=round(place * 1000))
        return mixed


def _clip(sound: Sound, speech: Speech) -> AudioSegment:
    milliseconds = round(sound.seconds * 1000)
    wav = sound.audio or speech.speak(sound.text, sound.language)
    if not wav:
        beep = Sine(TONE_HZ, sample_rate=RATE_HZ).to_audio_segment(milliseconds)
        tone: AudioSegment = beep.apply_gain(TONE_GAIN_DB)
        return tone
    heard = AudioSegment.from_wav(io.BytesIO(wav))
    clip = heard.set_frame_rate(RATE_HZ).set_channels(1).set_sample_width(2)
    part: AudioSegment = clip[:milliseconds]
    return part


def wav_seconds(wav: bytes) -> float:
    """The length of a WAV file.

    Raises:
        ValueError: these bytes are not a PCM WAV file.
    """
    if not wav.startswith(b"RIFF"):
        raise ValueError("The microphone's audio is not a WAV file; send PCM WAV.")
    try:
        return float(AudioSegment.from_wav(io.BytesIO(wav)).duration_seconds)
    except Exception as error:
        raise ValueError("The microphone's WAV file cannot be read; send PCM WAV.") from error


def wav_words(wav: bytes) -> str:
    """What a WAV file says of itself in its comment; empty when it says nothing."""
    try:
        with soundfile.SoundFile(io.BytesIO(wav)) as file:
            return str(file.comment).strip()
    except soundfile.SoundFileError:
        return ""
