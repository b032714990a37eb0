"""Clips as Veo makes them, as far as a test can see: H.264 and AAC, 24 fps, begun with the picture that was sent.

They drift and close in slowly, as a film made from a photo would. Equal orders give equal bytes.
"""

import hashlib
import io
import math
import threading
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tests.vertex.refusal import Refusal

FPS, RATE = 24, 48_000
#: over a whole clip the picture closes in by this share, and drifts to and fro by that share of its width
CLOSER, DRIFT = 0.18, 0.03
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Size:
    width: int
    height: int

    @classmethod
    def of(cls, aspect: str, short_side: int) -> "Size":
        longer = round(short_side * 16 / 9 / 2) * 2
        return cls(longer, short_side) if aspect == "16:9" else cls(short_side, longer)


def picture(data: bytes) -> Pixels:
    """BGR. Raises Refusal for what is no picture."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if found is None:
        raise Refusal(400, "Unable to process input image. Please retry or report in the forum.")
    return np.asarray(found, np.uint8)


_one_at_a_time: defaultdict[object, threading.Lock] = defaultdict(threading.Lock)


def clip(data: bytes | None, seconds: int, size: Size, sound: bool) -> bytes:
    """An mp4. Without a picture it shows an even grey. Asked by several threads, each is drawn once."""
    with _one_at_a_time[(hashlib.sha256(data or b"").digest(), seconds, size, sound)]:
        return _clip(data, seconds, size, sound)


@lru_cache(maxsize=64)
def _clip(data: bytes | None, seconds: int, size: Size, sound: bool) -> bytes:
    shown = picture(data) if data else np.full((90, 160, 3), 128, np.uint8)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        # both streams before anything is written: the header tells of both
        seen, heard = _pictures(film, size), film.add_stream("aac", rate=RATE, layout="stereo") if sound else None
        _show(film, seen, shown, seconds)
        if heard:
            _silence(film, heard, seconds)
    return file.getvalue()


def _pictures(film: av.container.OutputContainer, size: Size) -> av.VideoStream:
    stream = film.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "20", "threads": "1"})
    stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
    return stream


def _show(film: av.container.OutputContainer, stream: av.VideoStream, shown: Pixels, seconds: int) -> None:
    size, frames = Size(stream.width, stream.height), seconds * FPS
    for number in range(frames):
        frame = av.VideoFrame.from_ndarray(_window(shown, size, number / frames), format="bgr24")
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))


def _window(shown: Pixels, size: Size, moment: float) -> Pixels:
    """What is seen at `moment`, 0 to 1: the picture cropped to the clip's shape, around its middle."""
    height, width = shown.shape[:2]
    scale = max(size.width / width, size.height / height) * (1 + CLOSER * moment)
    drift = DRIFT * size.width * math.sin(math.tau * moment) * moment
    across, down = (size.width - scale * width) / 2 + drift, (size.height - scale * height) / 2
    place = np.array([[scale, 0, across], [0, scale, down]])
    seen = cv2.warpAffine(
        shown, place, (size.width, size.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(seen, np.uint8)


def _silence(film: av.container.OutputContainer, stream: av.AudioStream, seconds: int) -> None:
    for start in range(0, seconds * RATE, 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))
