"""A clip as a shot: decoded from its in-point, each of our frames showing what its camera showed then."""

from collections.abc import Iterator

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from infra.composer.fitting import centred, fit, on_backdrop
from infra.composer.frames import Frame, Picture, Scaler, turned
from infra.decode.clips import picture_of, shown_size
from internal.errors import UnreadableMedia
from internal.film import View

#: a frame is due when its time is less than this away, in seconds: time stamps are rounded
_SOON = 0.002


class ClipShot:
    """`draw` shows frames of the view's scene, each time a later one: a clip is decoded forward only."""

    def __init__(self, container: InputContainer, view: View, canvas: tuple[int, int], fps: int) -> None:
        stream = picture_of(container)
        if stream is None:
            raise UnreadableMedia("This file holds sound but no picture.")
        self._stream, self._canvas, self._fps = stream, canvas, fps
        self._start = _first_time(stream) + view.scene.start
        self._frames = _decoded(container, stream, self._start + view.first / fps)
        self._shown: VideoFrame | None = None
        self._next = next(self._frames, None)
        self._picture: Picture | None = None
        self._scaler = Scaler()

    def draw(self, number: int, frame: Frame) -> None:
        time = self._start + number / self._fps
        while self._next is not None and (self._shown is None or _time(self._next) <= time + _SOON):
            self._shown, self._picture = self._next, None
            self._next = next(self._frames, None)
        if self._shown is None:
            raise UnreadableMedia("No picture in this clip can be decoded. It is damaged or cut off.")
        self._picture = self._picture or self._fitted(self._shown)
        frame.show(self._picture)

    def _fitted(self, frame: VideoFrame) -> Picture:
        quarters = round(frame.rotation / 90)
        fitted = fit(shown_size(frame, self._stream), self._canvas)
        lying = quarters % 2 == 1
        size = (fitted.height, fitted.width) if lying else (fitted.width, fitted.height)
        picture = turned(self._scaler.scaled(frame, *size), quarters)
        return centred(picture, self._canvas) if fitted.fills else on_backdrop(picture, self._canvas)


def _decoded(container: InputContainer, stream: VideoStream, time: float) -> Iterator[VideoFrame]:
    """From the key frame before `time` on. A damaged packet costs its own frames only, as in any player."""
    stream.thread_count = 1  # one child per core already
    if time > _first_time(stream) and stream.time_base:
        container.seek(int(time / stream.time_base), stream=stream)
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _first_time(stream: VideoStream) -> float:
    """Time stamps need not begin at 0."""
    return float(stream.start_time * stream.time_base) if stream.start_time and stream.time_base else 0.0


def _time(frame: VideoFrame) -> float:
    """What has no time stamp is shown at once."""
    return frame.time if frame.time is not None else float("-inf")
