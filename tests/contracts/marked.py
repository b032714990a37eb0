"""Media that show which way up they are and what time it is: coloured corners, and a middle that grows brighter."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from tests.contracts.small_films import Pixels, brightness

SIZE = (160, 90)
#: left and right above, left and right below
CORNERS = {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (50, 60, 200), "yellow": (220, 200, 40)}


@dataclass(frozen=True)
class Roll:
    """How a camera writes a clip: frames at these times, in seconds; `rotation` is what a player must turn it by, in
    degrees anticlockwise; its time stamps begin at `begin` seconds, and count `ticks` a second."""

    suffix: str = "mp4"
    codec: str = "libx264"
    times: Sequence[float] = tuple(number / 30 for number in range(60))
    rotation: int = 0
    begin: float = 0.0
    ticks: int = 90_000
    format: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)


def marked(middle: int = 128) -> Image.Image:
    picture = np.full((SIZE[1], SIZE[0], 3), middle, np.uint8)
    for number, colour in enumerate(CORNERS.values()):
        rows = slice(0, 26) if number < 2 else slice(SIZE[1] - 26, None)
        columns = slice(0, 50) if number % 2 == 0 else slice(SIZE[0] - 50, None)
        picture[rows, columns] = colour
    return Image.fromarray(picture)


def write_roll(path: Path, roll: Roll) -> Path:
    with scheduled_as_before(), av.open(str(path), "w") as container:
        stream: Any = container.add_stream(roll.codec, rate=30, options=roll.options)
        stream.width, stream.height = SIZE if roll.rotation % 180 == 0 else SIZE[::-1]
        stream.pix_fmt, stream.codec_context.time_base = roll.format, Fraction(1, roll.ticks)
        if roll.rotation:
            stream.set_display_rotation(roll.rotation)
        for at in roll.times:
            picture = marked(round((brightness(at) - 16) / 219 * 255))
            frame = av.VideoFrame.from_ndarray(np.asarray(picture.rotate(-roll.rotation, expand=True)), format="rgb24")
            frame.pts, frame.time_base = round((roll.begin + at) * roll.ticks), Fraction(1, roll.ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@contextmanager
def scheduled_as_before() -> Iterator[None]:
    """SVT-AV1, run by root, asks Linux to let its caller go before everybody else (SCHED_FIFO, priority 99). Left so,
    whatever is started afterwards has it too, and once two such programs are busy all others stand still."""
    try:
        yield
    finally:
        if sys.platform == "linux":
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def assert_upright(frame: Pixels) -> None:
    """`frame`: rows of RGB, of the same shape as the marked picture."""
    height, width = frame.shape[0] // 8, frame.shape[1] // 8
    spots = [(y, x) for y in (height, 7 * height) for x in (width, 7 * width)]
    for (name, colour), (y, x) in zip(CORNERS.items(), spots, strict=True):
        there = frame[y - 2 : y + 2, x - 2 : x + 2].reshape(-1, 3).mean(axis=0)
        assert abs(there - colour).max() < 40, (name, there)
