"""The waveform as the player draws it: some 1,200 peaks per side, gathered while sound streams."""

import numpy as np
from numpy.typing import NDArray

POINTS = 1200
_FULL = 32768 / 127


class PeakMeter:
    """Collects the peaks of one side, 0 to 127."""

    def __init__(self, frames: int) -> None:
        self._frames_per_point = max(1, -(-frames // POINTS))
        self._peaks = np.zeros(max(1, -(-frames // self._frames_per_point)), dtype=np.int32)
        self._place = 0

    def add(self, samples: NDArray[np.int16]) -> None:
        """The next samples of this side."""
        if not len(samples):
            return
        size = self._frames_per_point
        first = self._place // size
        begins = np.arange(first, (self._place + len(samples) - 1) // size + 1) * size - self._place
        highest = np.maximum.reduceat(
            np.abs(samples.astype(np.int32)), np.maximum(begins, 0)
        )  # fmt: skip
        span = slice(first, first + len(highest))
        self._peaks[span] = np.maximum(self._peaks[span], highest)
        self._place += len(samples)

    def points(self) -> list[int]:
        """The peaks so far."""
        return [int(value) for value in np.minimum(127, np.ceil(self._peaks / _FULL))]
