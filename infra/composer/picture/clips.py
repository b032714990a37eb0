"""A clip as a shot: decoded from its in-point, each of our frames showing what its camera showed then."""

import math
from collections import deque

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from infra.composer.picture.fitting import centred, fit, on_backdrop
from infra.composer.picture.frames import Frame, Picture, Scaler, turned
from infra.decode.clips import SOON, begins_at, frames_from, picture_of, shown_size, time_of
from internal.errors import BrokenMedia, OnlySound
from internal.film import View

#: packets: no codec shows a frame later than so many after it
_REORDERED = 16


class ClipShot:
    """`draw` shows frames of the view's scene, each time a later one: a clip is decoded forward only."""

    def __init__(self, container: InputContainer, view: View, canvas: tuple[int, int], fps: int) -> None:
        stream = picture_of(container)
        if stream is None:
            raise OnlySound("This file holds sound but no picture.")
        stream.thread_count = 1  # one child per core already
        self._stream, self._canvas = stream, canvas
        self._due = _Due(begins_at(container) + view.scene.start, view.first, fps)
        self._frames = frames_from(container, stream, self._due.at(view.first), self._due.never)
        self._shown: VideoFrame | None = None
        self._next = next(self._frames, None)
        self._picture: Picture | None = None
        self._scaler = Scaler()

    def draw(self, number: int, frame: Frame) -> None:
        time = self._due.at(number)
        while self._next is not None and (self._shown is None or time_of(self._next) <= time + SOON):
            self._shown, self._picture = self._next, None
            self._next = next(self._frames, None)
        if self._shown is None:
            raise BrokenMedia("No picture in this clip can be decoded. It is damaged or cut off.")
        self._picture = self._picture or self._fitted(self._shown)
        frame.show(self._picture)

    def _fitted(self, frame: VideoFrame) -> Picture:
        quarters = round(frame.rotation / 90)
        fitted = fit(shown_size(frame, self._stream), self._canvas)
        lying = quarters % 2 == 1
        size = (fitted.height, fitted.width) if lying else (fitted.width, fitted.height)
        picture = centred(turned(self._scaler.scaled(frame, *size), quarters), self._canvas)
        return picture if fitted.fills else on_backdrop(picture, self._canvas)


class _Due:
    """When a clip is looked at, by its own time stamps, in seconds; so each of its frames that comes is known to be
    seen or not."""

    def __init__(self, start: float, first: int, fps: int) -> None:
        """From our frame number `first` on; number 0 is at `start`."""
        self._start, self._first, self._fps = start, first, fps
        self._known: deque[float] = deque(maxlen=_REORDERED)

    def at(self, number: int) -> float:
        return self._start + number / self._fps

    def never(self, packet: "Packet[VideoStream]") -> bool:
        """Whether a frame that came before it is shown in its place: of a clip with 60 frames a second that is every
        second one."""
        if packet.pts is None or packet.time_base is None:
            return False
        time = float(packet.pts * packet.time_base)
        self._known.append(time)
        return any(time < other <= self._next(time) + SOON for other in self._known)

    def _next(self, time: float) -> float:
        """The first of our frames that could show it."""
        return self.at(max(self._first, math.ceil((time - SOON - self._start) * self._fps)))
