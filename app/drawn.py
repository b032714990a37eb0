"""Photos and a tune of our own making, for trying a service: with the standard library alone, the same bytes always."""

import array
import io
import math
import random
import struct
import wave
import zlib

#: pixels; of one tile of the pattern; sharp edges, so that nobody takes it for a blurred shot
WIDTH, HEIGHT, TILE = 640, 360, 40
#: samples a second; of a tone, in hertz
RATE, PITCH = 16_000, 440.0


def photo(number: int) -> bytes:
    """A PNG of coloured tiles: other ones for another number."""
    chosen = random.Random(number)
    rows = [_row(chosen) for _ in range(HEIGHT // TILE)]
    pixels = b"".join(row * TILE for row in rows)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)  # 8 bits each of red, green and blue
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _row(chosen: random.Random) -> bytes:
    """One line of pixels, after the byte that says that they are told as they are (W3C PNG, §9.2)."""
    return b"\0" + b"".join(chosen.randbytes(3) * TILE for _ in range(WIDTH // TILE))


def _chunk(kind: bytes, data: bytes) -> bytes:
    """W3C PNG, §5.3."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def tune(seconds: int) -> bytes:
    """A WAV of one tone that swells and fades four times a second."""
    samples = array.array("h", (_sample(number / RATE) for number in range(seconds * RATE)))
    with io.BytesIO() as file:
        with wave.open(file, "wb") as sound:
            sound.setparams((1, 2, RATE, 0, "NONE", ""))
            sound.writeframes(samples.tobytes())
        return file.getvalue()


def _sample(at: float) -> int:
    return round(8000 * math.sin(2 * math.pi * PITCH * at) * abs(math.sin(4 * math.pi * at)))
