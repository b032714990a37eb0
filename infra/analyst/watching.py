"""Looking through a clip: a few looks a second, what each is worth, how much moves, and where it was cut before."""

from dataclasses import dataclass

import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from infra.analyst import pixels
from infra.analyst.cuts import CutFinder
from infra.analyst.pixels import LONG_SIDE, Colours, Grey
from infra.decode.budgets import FRAME_PIXELS, FRAMES, LONGEST_SECONDS
from infra.decode.clips import (
    AGAIN,
    DAMAGE,
    begins_at,
    packets_of,
    picture_of,
    seconds_of,
    upright,
)
from internal.errors import BrokenMedia, UnreadableMedia

#: seconds between two looks, longer in long clips
STEP, MOST_LOOKS = 0.25, 600
#: pixels a second: decoding more than 1080p60 takes longer than half the clip
FAST_ENOUGH = 1920 * 1080 * 60
#: of a clip that is larger, each key frame is decoded and as many packets after it: enough to see what moves
BURST = 3
#: every frame is shrunk to so many pixels to see what changes
TINY = (64, 36)
#: how bright red, green and blue are (ITU-R BT.601)
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
#: of the pictures that should be there, one in so many must be
LEAST = 4


@dataclass(frozen=True)
class Look:
    """`at` is in seconds from the start; the rest is as in `Analysis`."""

    at: float
    sharpness: float
    exposure: float
    colour: float
    #: since the look before
    motion: float
    fingerprint: str
    palette: str


@dataclass(frozen=True)
class Watched:
    looks: tuple[Look, ...]
    #: to the end of the last frame
    seconds: float
    cuts: tuple[float, ...]


def watch(container: InputContainer) -> Watched:
    """Decode the whole picture stream, or what follows its key frames when that would take too long. Raises
    UnreadableMedia when too little of it is left."""
    picture = picture_of(container)
    if picture is None:
        raise BrokenMedia(f"This clip holds no picture. {AGAIN}")
    picture.thread_type = "AUTO"
    chooser = _Chooser(picture)
    watcher = _Watcher(begins_at(container), max(STEP, seconds_of(container) / MOST_LOOKS), chooser.leaps)
    for packet in packets_of(container, picture):
        if not chooser.choose(packet):
            watcher.pass_over(packet)
        try:
            frames = picture.decode(packet)
        except DAMAGE:
            watcher.miss()
            continue
        for frame in frames:
            watcher.see(frame, picture)
    return watcher.watched(chooser.chosen)


class _Chooser:
    """Which packets are decoded; `leaps` when not all are."""

    def __init__(self, picture: VideoStream) -> None:
        self.chosen = 0
        self.leaps = picture.width * picture.height * float(picture.average_rate or 30) > FAST_ENOUGH
        self._since_key = 0

    def choose(self, packet: "Packet[VideoStream]") -> bool:
        """Before it is decoded: a decoder that skips what is not key passes over it."""
        self._since_key = 0 if packet.is_keyframe else self._since_key + 1
        chosen = not self.leaps or self._since_key <= BURST
        packet.stream.codec_context.skip_frame = "DEFAULT" if chosen else "NONKEY"
        self.chosen += bool(chosen and packet.size)
        return chosen


class _Watcher:
    def __init__(self, start: float, step: float, leaps: bool) -> None:
        self._looks: list[Look] = []
        self._cuts = CutFinder()
        self._step, self._next, self._leaps = step, 0.0, leaps
        self._tiny: Colours | None = None
        self._start, self._at, self._end = start, 0.0, 0.0
        self._frames = self._spoilt = 0
        self._smeared = False
        #: since the look before: summed differences, and over how many seconds
        self._changed = self._changing = 0.0

    def see(self, frame: VideoFrame, picture: VideoStream) -> None:
        length = _length(frame, picture)
        at = self._end if frame.time is None else max(0.0, frame.time - self._start)
        self._frames += 1
        if max(self._frames / FRAMES, frame.width * frame.height / FRAME_PIXELS, at / LONGEST_SECONDS) > 1:
            raise UnreadableMedia("This clip has far more or larger frames than its header says.")
        self._end = max(self._end, min(at + length, LONGEST_SECONDS))
        self._spoilt += frame.is_corrupt
        if not frame.is_corrupt and (frame.key_frame or not self._smeared):
            self._compare(at, frame, leap=bool(frame.key_frame and (self._leaps or self._smeared)))
            self._smeared = False

    def miss(self) -> None:
        """A packet was damaged: what follows may be smeared, up to the next key frame."""
        self._smeared = True

    def pass_over(self, packet: "Packet[VideoStream]") -> None:
        """It is not decoded, and yet part of the clip."""
        if packet.pts is not None and packet.time_base:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base) - self._start
            self._end = max(self._end, min(end, LONGEST_SECONDS))

    def watched(self, expected: int) -> Watched:
        """`expected`: pictures that should have been there."""
        if not self._looks:
            raise BrokenMedia(f"This clip holds no picture that can be decoded. {AGAIN}")
        if (self._frames - self._spoilt) * LEAST < expected:
            raise BrokenMedia(f"Most of this clip is damaged and cannot be decoded. {AGAIN}")
        return Watched(tuple(self._looks), self._end, self._cuts.finish())

    def _compare(self, at: float, frame: VideoFrame, leap: bool) -> None:
        tiny = _shrunk(frame, TINY, "rgb24")
        self._cuts.see(at, tiny, leap)
        if self._tiny is not None and at > self._at and not leap:
            self._changed += pixels.difference(tiny, self._tiny)
            self._changing += at - self._at
        self._at, self._tiny = at, tiny
        if at >= self._next:
            self._looks.append(self._look(at, frame, upright(tiny, frame.rotation)))
            self._next = at + self._step
            self._changed = self._changing = 0.0

    def _look(self, at: float, frame: VideoFrame, tiny: Colours) -> Look:
        grey = np.asarray(tiny @ LUMA, np.float32)
        return Look(
            at=round(at, 3),
            sharpness=pixels.sharpness(_grey(frame)),
            exposure=pixels.exposure(grey),
            colour=pixels.colour(tiny),
            motion=pixels.motion(self._changed / self._changing) if self._changing else 0.0,
            fingerprint=pixels.fingerprint(grey),
            palette=pixels.palette(tiny),
        )


def _length(frame: VideoFrame, picture: VideoStream) -> float:
    """Seconds on screen; as the stream has it when the frame does not say."""
    if frame.duration and frame.time_base:
        return float(frame.duration * frame.time_base)
    return 1 / float(picture.average_rate) if picture.average_rate else 0.0


def _grey(frame: VideoFrame) -> Grey:
    scale = min(1.0, LONG_SIDE / max(frame.width, frame.height))
    size = (max(2, round(frame.width * scale)), max(2, round(frame.height * scale)))
    return _shrunk(frame, size, "gray").astype(np.float32)


def _shrunk(frame: VideoFrame, size: tuple[int, int], form: str) -> NDArray[np.uint8]:
    small = frame.reformat(width=size[0], height=size[1], format=form, interpolation="AREA")
    return small.to_ndarray().astype(np.uint8, copy=False)
