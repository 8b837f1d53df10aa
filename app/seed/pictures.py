"""Made-up photos: a patch of wall, sky or field, as PNG; nobody is on them."""

import struct
import zlib
from random import Random

WIDTH, HEIGHT, GRAIN = 240, 160, 40  # pixels; the grain of a line repeats itself
SCENES = (("漏水的墙.png", (168, 160, 148)), ("塌方的路.png", (134, 112, 84)),
          ("田边.png", (96, 132, 74)), ("水管.png", (120, 134, 146)))  # fmt: skip


def photo(chance: Random) -> tuple[str, bytes]:
    """The name of a photo and its bytes: light falls off from one corner, with some grain."""
    name, colour = chance.choice(SCENES)
    slope = chance.uniform(0.3, 0.6)
    rows = b"".join(b"\0" + _row(chance, colour, slope, line) for line in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return name, b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _row(chance: Random, colour: tuple[int, int, int], slope: float, line: int) -> bytes:
    light = 1.15 - slope * line / HEIGHT
    grain = [chance.randrange(-9, 10) for _ in range(GRAIN)]
    part = bytes(
        min(255, max(0, round(channel * light) + speck)) for speck in grain for channel in colour
    )
    return part * (WIDTH // GRAIN)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
