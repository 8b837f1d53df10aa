"""Sounds for tests."""

import io

import numpy as np
import soundfile


def tone(
    seconds: float = 2.0,
    *,
    loudness: float = 0.05,
    rate: int = 8000,
    channels: int = 1,
    kind: str = "WAV",
    hertz: float = 220.0,
) -> bytes:
    """A tone between half a second of silence before and after, as a file."""
    at = np.arange(int(rate * (seconds + 1))) / rate
    is_on = (at > 0.5) & (at < seconds + 0.5)
    samples = loudness * np.sin(2 * np.pi * hertz * at) * is_on
    file = io.BytesIO()
    soundfile.write(file, np.stack([samples] * channels, axis=1), rate, format=kind)
    return file.getvalue()
