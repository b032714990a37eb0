"""A clip as a shot: decoded from its in-point, each of our frames showing what its camera showed then."""

from collections.abc import Iterator

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from infra.composer.picture.fitting import centred, fit, on_backdrop
from infra.composer.picture.frames import Frame, Picture, Scaler, turned
from infra.decode.clips import begins_at, packets_of, picture_of, pictures_in, shown_size
from internal.errors import UnreadableMedia
from internal.film import View

#: a frame is due when its time is less than this away, in seconds: time stamps are rounded
_SOON = 0.002
#: seconds: MPEG-TS, which knows no places of key frames, is entered anywhere, and shows nothing before the next one
_STEPS_BACK = (0.0, 2.0, 10.0, float("inf"))


class ClipShot:
    """`draw` shows frames of the view's scene, each time a later one: a clip is decoded forward only."""

    def __init__(self, container: InputContainer, view: View, canvas: tuple[int, int], fps: int) -> None:
        stream = picture_of(container)
        if stream is None:
            raise UnreadableMedia("This file holds sound but no picture.")
        self._stream, self._canvas, self._fps = stream, canvas, fps
        self._start = begins_at(container) + view.scene.start
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
        picture = centred(turned(self._scaler.scaled(frame, *size), quarters), self._canvas)
        return picture if fitted.fills else on_backdrop(picture, self._canvas)


def _decoded(container: InputContainer, stream: VideoStream, time: float) -> Iterator[VideoFrame]:
    """From the key frame before `time` on, or from the first one if none can be found."""
    stream.thread_count = 1  # one child per core already
    begin = begins_at(container)
    if time <= begin or not stream.time_base:
        yield from _frames(container, stream)
        return
    for earlier in _STEPS_BACK:
        container.seek(int(max(time - earlier, begin - 1) / stream.time_base), stream=stream)
        frames = _frames(container, stream)
        first = next(frames, None)
        if first is not None and (_time(first) <= time + _SOON or time - earlier < begin):
            yield first
            yield from frames
            return


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    for packet in packets_of(container, stream):
        yield from pictures_in(packet)


def _time(frame: VideoFrame) -> float:
    """What has no time stamp is shown at once."""
    return frame.time if frame.time is not None else float("-inf")
