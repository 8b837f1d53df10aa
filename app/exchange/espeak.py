"""Robotic but real speech by espeak-ng, when the extra `speech` is installed."""

import ctypes
import importlib.util
import io
import wave
from functools import cache
from threading import Lock

from app.exchange.audio import Speech, ToneSpeech

AUDIO_OUTPUT_SYNCHRONOUS = 2
CHARACTERS_UTF8 = 1
VOICES = {"cmn": "cmn", "zh": "cmn", "yue": "yue", "en": "en-us", "vi": "vi", "ko": "ko"}

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakSpeech:
    """The espeak-ng library through ctypes; it keeps global state, hence the lock."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self._rate = self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
        if self._rate <= 0:
            raise RuntimeError("espeak-ng cannot be initialised; reinstall the extra `speech`.")
        self._samples = bytearray()
        # The library keeps the pointer: the callback object must live as long as it does.
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._lock = Lock()

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if samples:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0

    def speak(self, text: str, language: str) -> bytes:
        """The text as a WAV file in the synthesiser's own rate."""
        voice = VOICES.get(language.partition("-")[0], "cmn")
        with self._lock:
            self._samples.clear()
            self._library.espeak_SetVoiceByName(voice.encode())
            data = text.encode()
            self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, CHARACTERS_UTF8, None, None)
            return self._wav()

    def _wav(self) -> bytes:
        if not self._samples:
            return b""
        file = io.BytesIO()
        with wave.open(file, "wb") as output:
            output.setnchannels(1)
            output.setsampwidth(2)
            output.setframerate(self._rate)
            output.writeframes(bytes(self._samples))
        return file.getvalue()


@cache
def best_speech() -> Speech:
    """Real speech when it is installed, tones otherwise.

    One for the whole process: the library keeps global state and must be initialised once.
    """
    if importlib.util.find_spec("espeakng_loader") is None:
        return ToneSpeech()
    return EspeakSpeech()
