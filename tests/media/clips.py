"""Writing clips as cameras and phones do: rotation, QuickTime time and place, uneven frame times, sound or none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from tests.media.lens import MARGIN, Lens
from tests.media.scenery import Scenery, draw
from tests.media.sounds import Sound, add_sound_stream, fill

_X265 = "log-level=none:pools=none:frame-threads=1"

#: bits a second phones spend on 1080p; they set a key frame each second
_PHONE_BITS = {"libx264": 17_000_000, "libx265": 9_000_000}


@dataclass(frozen=True)
class Take:
    """How a clip is taken. `width` and `height` are as shown; `rotation`, in degrees anticlockwise, is what a
    player must turn the stored picture by. With `uneven` frames come at irregular times; with `handheld` it
    looks as a real camera's pictures do, and is as hard to encode."""

    seconds: float
    width: int = 640
    height: int = 360
    fps: int = 30
    codec: str = "libx264"
    rotation: int = 0
    uneven: bool = False
    handheld: bool = False
    sound: Sound | None = None
    taken_at: datetime | None = None
    place: tuple[float, float] | None = None


def write_clip(path: Path, scenery: Scenery, take: Take) -> Path:
    """In the container its name asks for: .mp4, .mov or .mkv."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"fflags": "+bitexact", "movflags": "+use_metadata_tags+faststart"}
    with av.open(str(path), "w", options=options if path.suffix != ".mkv" else {"fflags": "+bitexact"}) as container:
        container.metadata.update(_written(take))
        picture = _picture_stream(container, take)
        sound = add_sound_stream(container, "aac") if take.sound is not None else None
        for at, seen in _seen(scenery, take):
            stored = seen.rotate(-take.rotation, expand=True) if take.rotation else seen
            container.mux(picture.encode(_frame(stored, at, picture)))
        container.mux(picture.encode(None))
        if sound is not None and take.sound is not None:
            fill(container, sound, take.sound)
    return path


def _picture_stream(container: OutputContainer, take: Take) -> VideoStream:
    options = {"preset": "ultrafast", "crf": "23", "threads": "1"}
    if take.handheld:
        options = {"preset": "veryfast", "b": str(_PHONE_BITS[take.codec]), "g": str(take.fps), "threads": "1"}
    if take.codec == "libx265":
        options["x265-params"] = _X265
    stream = cast(VideoStream, container.add_stream(take.codec, rate=take.fps, options=options))
    lying = take.rotation % 180 != 0
    stream.width, stream.height = (take.height, take.width) if lying else (take.width, take.height)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, 600)
    if take.codec == "libx265":
        stream.codec_context.codec_tag = "hvc1"
    if take.rotation:
        stream.set_display_rotation(take.rotation)
    return stream


def _times(take: Take) -> Iterator[float]:
    """Of the frames, in seconds."""
    random, at = np.random.default_rng(7), 0.0
    while at < take.seconds - 0.001:
        yield at
        at += random.choice([1, 1, 2, 4]) / take.fps if take.uneven else 1 / take.fps


def _seen(scenery: Scenery, take: Take) -> Iterator[tuple[float, Image.Image]]:
    if not take.handheld:
        yield from ((at, draw(scenery, take.width, take.height, at)) for at in _times(take))
        return
    lens = Lens(take.width, take.height, scenery.seed)
    for at in _times(take):
        yield at, lens.seen(draw(scenery, take.width + 2 * MARGIN, take.height + 2 * MARGIN, at), at)


def _frame(picture: Image.Image, at: float, stream: VideoStream) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
    frame.time_base = stream.codec_context.time_base
    frame.pts = round(at / stream.codec_context.time_base)
    return frame


def _written(take: Take) -> dict[str, str]:
    """Apple's keys, and the header's own time, which is UTC."""
    written = {}
    if take.taken_at:
        written["com.apple.quicktime.creationdate"] = take.taken_at.strftime("%Y-%m-%dT%H:%M:%S%z")
        written["creation_time"] = take.taken_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    if take.place:
        written["com.apple.quicktime.location.ISO6709"] = "{:+08.4f}{:+09.4f}/".format(*take.place)
    return written
