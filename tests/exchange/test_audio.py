"""Recorded audio: real WAV files with the sounds in their places."""

import io
import wave

import pytest
from app.exchange.audio import RATE_HZ, Tape, ToneSpeech, wav_seconds
from app.exchange.espeak import EspeakSpeech
from app.exchange.sounds import Sound, spoken_seconds


def loud_seconds(wav: bytes, channel: int = 0) -> list[int]:
    """The seconds (from 0) in which a channel is not silent."""
    with wave.open(io.BytesIO(wav)) as file:
        channels = file.getnchannels()
        samples = memoryview(file.readframes(file.getnframes())).cast("h")[channel::channels]
    return [
        second
        for second in range(len(samples) // RATE_HZ)
        if any(samples[index] for index in range(second * RATE_HZ, (second + 1) * RATE_HZ))
    ]


@pytest.mark.parametrize(
    ("trim", "loud", "seconds"), [(False, [2, 6, 7], 10.0), (True, [0, 4, 5], 6.0)]
)
def test_sounds_are_in_their_places(trim: bool, loud: list[int], seconds: float) -> None:
    tape = Tape(begin=100.0)
    tape.add(0, 102.0, Sound("", 1.0))
    tape.add(0, 106.0, Sound("", 2.0))
    wav = tape.wav(tape.seconds(110.0), ToneSpeech(), trim=trim)
    assert wav_seconds(wav) == pytest.approx(seconds)
    assert loud_seconds(wav) == loud


def test_two_sides_are_kept_apart() -> None:
    tape = Tape(begin=0.0, channels=2)
    tape.add(0, 0.0, Sound("", 1.0))
    tape.add(1, 2.0, Sound("", 1.0))
    wav = tape.wav(4.0, ToneSpeech(), trim=False)
    assert (loud_seconds(wav, 0), loud_seconds(wav, 1)) == ([0], [2])


def test_only_one_side() -> None:
    tape = Tape(begin=0.0, only=1)
    tape.add(0, 0.0, Sound("", 1.0))
    assert tape.silent
    tape.add(1, 2.0, Sound("", 1.0))
    assert loud_seconds(tape.wav(4.0, ToneSpeech(), trim=False)) == [2]


@pytest.mark.parametrize(("skip", "loud", "seconds"), [(True, [0, 2], 4.0), (False, [0, 6], 8.0)])
def test_a_pause(skip: bool, loud: list[int], seconds: float) -> None:
    tape = Tape(begin=0.0)
    tape.add(0, 0.0, Sound("", 1.0))
    tape.pause(1.0, skip=skip)
    tape.add(0, 3.0, Sound("", 1.0))
    tape.resume(5.0)
    tape.add(0, 6.0, Sound("", 1.0))
    assert tape.seconds(8.0) == seconds
    assert loud_seconds(tape.wav(seconds, ToneSpeech(), trim=False)) == loud


def test_a_microphone_that_sends_no_wav() -> None:
    with pytest.raises(ValueError, match="PCM WAV"):
        wav_seconds(b"ID3")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("好" * 9, 2.0), ("x" * 30, 2.0), ("123456789", 2.0), ("", 0.3), ("你好, hello", 0.91)],
)
def test_how_long_speech_takes(text: str, seconds: float) -> None:
    assert spoken_seconds(text) == pytest.approx(seconds, abs=0.01)


def test_a_synthesiser_speaks_mandarin_and_english() -> None:
    pytest.importorskip("espeakng_loader")
    speech = EspeakSpeech()
    mandarin = speech.speak("您好，这里是回响热线", "cmn-CN")
    english = speech.speak("Hello", "en-US")
    assert wav_seconds(mandarin) > wav_seconds(english) > 0.2
