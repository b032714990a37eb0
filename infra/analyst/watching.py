"""Looking through a clip: a few grey pictures a second, how sharp each is and how much moves between them."""

import math
from dataclasses import dataclass

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from infra.analyst.pixels import LONG_SIDE, Grey, motion, sharpness
from infra.decode.budgets import FRAME_PIXELS, FRAMES
from infra.decode.clips import seconds_of, shown_size
from internal.errors import UnreadableMedia

#: seconds between two looks, longer in long clips
STEP, MOST_LOOKS = 0.25, 600
#: pixels a second: decoding more than 1080p60 takes longer than half the clip, so then only key frames are read
FAST_ENOUGH = 1920 * 1080 * 60


@dataclass(frozen=True)
class Look:
    """`at` is in seconds from the start."""

    at: float
    sharpness: float
    #: since the look before
    motion: float


@dataclass(frozen=True)
class Watched:
    looks: tuple[Look, ...]
    width: int
    height: int
    #: to the end of the last frame
    seconds: float


def watch(container: InputContainer, picture: VideoStream) -> Watched:
    """Decode the whole picture stream, or its key frames when that would take too long."""
    picture.thread_type = "AUTO"
    if picture.width * picture.height * float(picture.average_rate or 30) > FAST_ENOUGH:
        picture.codec_context.skip_frame = "NONKEY"
    watcher = _Watcher(step=max(STEP, seconds_of(container) / MOST_LOOKS))
    for frame in container.decode(picture):
        watcher.see(frame)
    if watcher.first is None:
        raise UnreadableMedia("This clip holds no picture that can be decoded. Copy it again from where it came from.")
    width, height = shown_size(watcher.first, picture)
    return Watched(tuple(watcher.looks), width, height, watcher.end)


class _Watcher:
    def __init__(self, step: float) -> None:
        self.looks: list[Look] = []
        self.first: VideoFrame | None = None
        self.end = 0.0
        self._step = step
        self._start = 0.0
        self._frames = 0
        self._before: Grey | None = None

    def see(self, frame: VideoFrame) -> None:
        if self.first is None:
            self.first, self._start = frame, frame.time or 0.0
        self._frames += 1
        if self._frames > FRAMES or frame.width * frame.height > FRAME_PIXELS:
            raise UnreadableMedia("This clip has far more or larger frames than its header says.")
        at = max(0.0, (frame.time or 0.0) - self._start)
        self.end = max(self.end, at + _length(frame))
        if not self.looks or at >= self.looks[-1].at + self._step:
            self._look(at, frame)

    def _look(self, at: float, frame: VideoFrame) -> None:
        grey = _grey(frame)
        same = self._before is not None and self._before.shape == grey.shape
        moved = motion(self._before, grey) if self._before is not None and same else 0.0
        self.looks.append(Look(round(at, 3), sharpness(grey), moved))
        self._before = grey


def _length(frame: VideoFrame) -> float:
    return float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0


def _grey(frame: VideoFrame) -> Grey:
    scale = min(1.0, LONG_SIDE / max(frame.width, frame.height))
    width, height = (max(2, math.ceil(side * scale)) for side in (frame.width, frame.height))
    return frame.reformat(width=width, height=height, format="gray").to_ndarray().astype(np.float32)
