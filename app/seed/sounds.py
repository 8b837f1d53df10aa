"""Made-up recordings that really play: a murmur in place of speech, kept as one that was fetched.

The originals are put into our own store; the copies for the player are made by the running
service, in the background, as always.
"""

import io
import math
import wave
from array import array
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from app.calls.recordings import service as recordings
from app.calls.recordings import store
from app.calls.recordings.matters import matters_of
from app.calls.recordings.retention import expiry, retention_of
from app.calls.recordings.verify import verify
from app.database import Database
from app.settings import Settings

RATE_HZ = 8_000
AT_ONCE, APART = 3, timedelta(seconds=15)  # so many are handed to the service, so often
NO_GRACE = timedelta(0)
SYLLABLES = (0.09, 0.13, 0.17, 0.24)  # seconds
PAUSE = (0.15, 0.8)  # square roots of seconds: short ones more often
PITCHES = (150.0, 170.0, 190.0, 215.0)
LOUDNESS = 7_000


def murmur(chance: Random, seconds: int) -> bytes:
    """A WAV file (8 kHz, 16 bit, mono) of syllables without words, with pauses between them."""
    samples = array("h")
    while len(samples) < seconds * RATE_HZ:
        samples.extend(_syllable(chance.choice(PITCHES), chance.choice(SYLLABLES)))
        samples.extend([0] * round(chance.uniform(*PAUSE) ** 2 * RATE_HZ))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        sound.writeframes(samples[: seconds * RATE_HZ].tobytes())
    return file.getvalue()


def keep_sounds(database: Database, settings: Settings, chance: Random, now: datetime) -> int:
    """Store a sound for each made-up recording that is awaited; returns how many."""
    kept = 0
    while _keep_one(database, settings, chance, now, APART * (1 + kept // AT_ONCE)):
        kept += 1
    return kept


def _keep_one(
    database: Database, settings: Settings, chance: Random, now: datetime, held: timedelta
) -> bool:
    """Store the sound of one recording, which is ours for so long; False when none is left."""
    with database.writing() as connection, TemporaryDirectory(prefix="seed-") as folder:
        mine = recordings.claim(connection, now, lambda _seconds: held)
        if mine is None:
            return False
        path = Path(folder) / "original.wav"
        path.write_bytes(murmur(chance, mine.told_seconds or 10))
        verified = verify(path, mine.told_seconds)
        files = store.recordings_store(settings)
        store.put_verified(files, store.original(mine.sid), path, verified.sha256)
        recordings.stored(connection, mine, verified, now, NO_GRACE)
        kinds = {matter.kind for matter in matters_of(connection, mine.sid, mine.call_sid)}
        retention = retention_of(mine.source, kinds)
        until = expiry(retention, mine.told_at, settings.recordings_days)
        recordings.retain(connection, mine.id, retention, until)
        recordings.remote_is(connection, mine.sid, "gone")  # no provider ever had it
    return True


@lru_cache(maxsize=len(PITCHES) * len(SYLLABLES))
def _syllable(pitch: float, seconds: float) -> "array[int]":
    """A tone with its octave that swells and fades."""
    length = round(seconds * RATE_HZ)
    turn = 2 * math.pi * pitch / RATE_HZ
    return array(
        "h",
        (
            round(
                LOUDNESS
                * math.sin(math.pi * place / length)
                * (math.sin(turn * place) + 0.4 * math.sin(2 * turn * place))
            )
            for place in range(length)
        ),
    )
