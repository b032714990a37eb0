"""Pictures as our encoder takes them: 8-bit YUV 4:2:0, BT.709, limited range."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

#: ITU-T H.273 table 3: transfer functions of high dynamic range, PQ and HLG
_HDR = (16, 18)
#: ITU-T H.273, of colour primaries and of transfer
_BT709 = 1
#: what does not say its matrix is taken for PAL or NTSC up to this height, as players do
_STANDARD_DEFINITION = 576


@dataclass(frozen=True)
class Picture:
    """Three planes, the chroma ones half as wide and half as high."""

    luma: Plane
    blue: Plane
    red: Plane

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        return self.luma, self.blue, self.red

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.luma.shape[1], self.luma.shape[0]


@dataclass(frozen=True)
class Frame(Picture):
    """A picture whose planes lie one after the other in `buffer`, so that all can be worked on at once."""

    buffer: Plane

    @classmethod
    def empty(cls, width: int, height: int) -> Self:
        """Of even size."""
        buffer = np.empty((height * 3 // 2, width), np.uint8)
        flat, luma, chroma = buffer.reshape(-1), width * height, width * height // 4
        half = (height // 2, width // 2)
        return cls(
            flat[:luma].reshape(height, width),
            flat[luma : luma + chroma].reshape(half),
            flat[luma + chroma :].reshape(half),
            buffer,
        )

    def show(self, picture: Picture) -> None:
        """Copy a picture of equal size."""
        for target, source in zip(self.planes, picture.planes, strict=True):
            np.copyto(target, source)


def of_rgb(pixels: NDArray[np.uint8]) -> Picture:
    """From rows of RGB; sizes even."""
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return _planes(
        frame.reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
    )


class Scaler:
    """Decoded frames of any format to our pictures. One for each clip: its tables are costly to make."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def scaled(self, frame: VideoFrame, width: int, height: int) -> Picture:
        """To this even size. High dynamic range is mapped to ours."""
        mapped = _BT709 if frame.color_trc in _HDR else None
        shrinks = width < frame.width
        return _planes(
            self._reformatter.reformat(
                frame,
                width,
                height,
                "yuv420p",
                src_colorspace=_matrix(frame),
                dst_colorspace=Colorspace.ITU709,
                src_color_range=frame.color_range,
                dst_color_range=ColorRange.MPEG,
                dst_color_trc=mapped,
                dst_color_primaries=mapped,
                interpolation=Interpolation.AREA if shrinks else Interpolation.BICUBIC,
                threads=1,
            )
        )


def turned(picture: Picture, quarters: int) -> Picture:
    """Turned anticlockwise."""
    return Picture(*(np.rot90(plane, quarters) for plane in picture.planes))


def resized(plane: Plane, width: int, height: int) -> Plane:
    """Averaged when it shrinks, interpolated when it grows."""
    shrinks = width < plane.shape[1]
    scaled = cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def _matrix(frame: VideoFrame) -> int:
    """ITU-T H.273: 2 says nothing, 0 is RGB, and nobody films in the others."""
    if frame.colorspace in (1, 4, 5, 6, 7, 9):
        return frame.colorspace
    return int(Colorspace.ITU601 if frame.height <= _STANDARD_DEFINITION else Colorspace.ITU709)


def _planes(frame: VideoFrame) -> Picture:
    return Picture(*(_pixels(plane) for plane in frame.planes))


def _pixels(plane: VideoPlane) -> Plane:
    """Without the padding at the end of each row."""
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
