"""Frames to H.264: chunks that share every setting, begin and end closed, and so join by stream copy."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from infra.composer.picture.frames import Frame
from internal.errors import StorageFull, TemporaryFailure
from internal.film import Canvas

#: seconds between key frames at most: players seek to one
_KEY_FRAMES = 2
#: ITU-T H.273, for primaries, transfer and matrix alike
_BT709 = 1
_LIMITED = 1
#: pixels
_MACROBLOCK = 16
#: OpenCV's number for the instructions that servers have had since 2017 (CV_CPU_AVX512_SKX), as x264 asks for them
_AVX512 = 256


@dataclass(frozen=True)
class Quality:
    """x264's own words. Chunks of unlike quality do not join: the composer's name holds both."""

    preset: str = "veryfast"
    crf: float = 21.0


@contextmanager
def translate_errors() -> Iterator[None]:
    """What goes wrong in writing is never the media's fault."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull("There is no room left to write the film.") from error
        raise TemporaryFailure("The film could not be written.") from error


def encode(frames: Iterable[Frame], out: Path, canvas: Canvas, quality: Quality) -> None:
    """Write an mp4 with one picture track. Raises StorageFull, TemporaryFailure."""
    with translate_errors():
        container = av.open(str(out), "w", format="mp4")
    with translate_errors(), container:
        stream = _stream(container, canvas, quality)
        for number, frame in enumerate(frames):
            # a copy: without one, PyAV rounds the height to four rows, and takes colours from where they are not
            picture = VideoFrame.from_ndarray(frame.buffer, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, canvas.fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _stream(container: OutputContainer, canvas: Canvas, quality: Quality) -> VideoStream:
    """One thread: there is a child for each core, and with one the same frames give the same bytes."""
    stream = container.add_stream("libx264", rate=canvas.fps)
    stream.width, stream.height, stream.pix_fmt = canvas.width, canvas.height, "yuv420p"
    parameters = f"keyint={_KEY_FRAMES * canvas.fps}:open-gop=0:threads=1:lookahead-threads=1"
    if _reads_what_nobody_wrote(canvas):
        parameters += ":asm=AVX2"
    stream.options = {"preset": quality.preset, "crf": str(quality.crf), "x264-params": parameters}
    context = stream.codec_context
    context.time_base = Fraction(1, canvas.fps)
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
    context.sample_aspect_ratio = Fraction(1)
    return stream


def _reads_what_nobody_wrote(canvas: Canvas) -> bool:
    """x264's AVX-512 code that weighs macroblocks by what is predicted from them (mbtree) takes eight of a row at a
    time. Where the last ones are fewer it reads on, into whatever memory holds, and equal frames give other bytes."""
    return -(-canvas.width // _MACROBLOCK) % 8 != 0 and cv2.checkHardwareSupport(_AVX512)
