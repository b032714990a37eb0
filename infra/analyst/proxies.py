"""A clip as a model sees it: its best half minute, small, upright, in sRGB, and nothing in the file but what is seen
and heard.

Half a minute: a film shows eight seconds of one clip at most, and whoever has seen its best stretches can say what it
is about; more would only cost more. Shorter clips are shown whole, so that what happens can be followed.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from infra.analyst.listening import EAR_RATE, listen
from infra.decode.clips import (
    SOON,
    begins_at,
    frames_from,
    open_clip,
    picture_of,
    shown_size,
    time_of,
    upright,
)
from infra.decode.colours import in_srgb
from infra.decode.messages import MIB, Limits
from internal.errors import BrokenMedia, OnlySound
from internal.media import Analysis, Span

#: seconds of one clip
LONGEST = 30.0
#: pictures a second: models look at one
FPS = 5
SHORT_SIDE = 480
#: of the child that runs `write_proxy`
LIMITS = Limits(memory=2048 * MIB, cpu=600, wall=600.0, file=64 * MIB)
_CRF, _SOUND_BITS = 28, 32_000


def chosen(analysis: Analysis) -> tuple[Span, ...]:
    """The stretches to show, in order: all of a short clip; of a longer one the best, up to `LONGEST` in all."""
    if analysis.facts.seconds <= LONGEST:
        return (Span(start=0.0, end=analysis.facts.seconds),)
    spans, left = [], LONGEST
    for moment in analysis.best:
        if left > 0:
            spans.append(Span(start=moment.start, end=min(moment.end, moment.start + left)))
            left -= moment.end - moment.start
    return tuple(sorted(spans, key=lambda span: span.start))


def write_proxy(path: str, out: str, spans: Sequence[tuple[float, float]], sound: bool) -> None:
    """Called in a child, with JSON. `spans`: start and end of what is shown, in order, one after the other without a
    gap. Raises UnreadableMedia, StorageFull."""
    # FFmpeg writes its own name and version into a file unless it is told to be exact
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with Path(path).open("rb") as source:
        heard = _heard(source, spans) if sound else None
        with open_clip(source) as container, av.open(out, "w", format="mp4", options=options) as proxy:
            _write(proxy, _pictures(container, spans), heard)


def _heard(source: BinaryIO, spans: Sequence[tuple[float, float]]) -> NDArray[np.float32] | None:
    kept = _Kept(spans)
    with open_clip(source) as container:
        listen(container, kept)
    samples = np.concatenate([np.zeros(0, np.float32), *kept.samples])
    return np.clip(samples, -1, 1) if len(samples) else None


def _write(proxy: OutputContainer, pictures: Iterator[NDArray[np.uint8]], heard: NDArray[np.float32] | None) -> None:
    first = next(pictures)
    video = proxy.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": str(_CRF), "threads": "1"})
    video.height, video.width, video.pix_fmt = *first.shape[:2], "yuv420p"
    # every stream is added before anything is written
    audio = None if heard is None else proxy.add_stream("aac", rate=EAR_RATE, layout="mono", bit_rate=_SOUND_BITS)
    for number, picture in enumerate(chain((first,), pictures)):
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        proxy.mux(video.encode(frame))
    proxy.mux(video.encode(None))
    if audio is not None and heard is not None:
        sound = AudioFrame.from_ndarray(heard[None], format="fltp", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = EAR_RATE, 0, Fraction(1, EAR_RATE)
        proxy.mux(audio.encode(sound))
        proxy.mux(audio.encode(None))


def _pictures(container: InputContainer, spans: Sequence[tuple[float, float]]) -> Iterator[NDArray[np.uint8]]:
    """`FPS` of each second of the spans, each what the clip shows then."""
    stream = picture_of(container)
    if stream is None:
        raise OnlySound("It holds sound but no picture.")
    look: _Look | None = None
    shown = 0.0
    for start, end in spans:
        first, last = math.ceil(round(shown * FPS, 3)), math.ceil(round((shown + end - start) * FPS, 3))
        times = [begins_at(container) + start + number / FPS - shown for number in range(first, max(last, first + 1))]
        for frame in _at(container, stream, times):
            look = look or _Look(frame, stream)
            yield look.seen(frame)
        shown += end - start


def _at(container: InputContainer, stream: VideoStream, times: Sequence[float]) -> Iterator[VideoFrame]:
    """The frame that is on the screen at each time, as time stamps count it."""
    frames = frames_from(container, stream, times[0])
    shown = following = next(frames, None)
    if shown is None:
        raise BrokenMedia("No picture in this clip can be decoded.")
    for time in times:
        while following is not None and time_of(following) <= time + SOON:
            shown, following = following, next(frames, None)
        yield shown


class _Look:
    """As large and as upright as a clip's first frame was; what changes within a clip is made to fit."""

    def __init__(self, frame: VideoFrame, stream: VideoStream) -> None:
        width, height = shown_size(frame, stream)
        scale = min(1.0, SHORT_SIDE / min(width, height))
        shown = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
        self._rotation = frame.rotation
        self._size = shown[::-1] if round(frame.rotation / 90) % 2 else shown

    def seen(self, frame: VideoFrame) -> NDArray[np.uint8]:
        small = frame.reformat(*self._size, format="rgb24", interpolation="AREA")
        picture = Image.fromarray(small.to_ndarray())
        picture.info["nclx_profile"] = {
            "transfer_characteristics": int(frame.color_trc),
            "color_primaries": int(frame.color_primaries),
        }
        return upright(np.asarray(in_srgb(picture)), self._rotation)


class _Kept:
    """Keeps of what it hears the samples from the first to the last of each span."""

    def __init__(self, spans: Sequence[tuple[float, float]]) -> None:
        self._wanted = [(round(start * EAR_RATE), round(end * EAR_RATE)) for start, end in spans]
        self._heard = 0
        self.samples: list[NDArray[np.float32]] = []

    def hear(self, samples: NDArray[np.float32]) -> None:
        self.samples += [
            samples[max(0, first - self._heard) : max(0, last - self._heard)] for first, last in self._wanted
        ]
        self._heard += len(samples)
