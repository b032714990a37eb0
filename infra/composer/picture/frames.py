"""Pictures as our encoder takes them: 8-bit YUV 4:2:0, BT.709, limited range."""

from dataclasses import dataclass
from typing import Self, TypeVar

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from infra.composer.picture.tones import tones
from infra.decode.light import differs

Plane = NDArray[np.uint8]
Depth = TypeVar("Depth", np.uint8, np.uint16)

#: what does not say its matrix is taken for PAL or NTSC up to this height, as players do
_STANDARD_DEFINITION = 576
#: OpenCV's names for quarters of a turn, anticlockwise
_TURNS = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
#: RGB to luma, blue and red difference: Rec. ITU-R BT.709-6, items 3.3 to 3.5, in 8 bits, limited range
_TO_BT709 = np.array(
    [
        [0.2126 * 219 / 255, 0.7152 * 219 / 255, 0.0722 * 219 / 255, 16],
        [-0.2126 / 1.8556 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, 0.5 * 224 / 255, 128],
        [0.5 * 224 / 255, -0.7152 / 1.5748 * 224 / 255, -0.0722 / 1.5748 * 224 / 255, 128],
    ]
)


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
    luma, blue, red = cv2.split(cv2.transform(np.ascontiguousarray(pixels), _TO_BT709))
    return Picture(np.asarray(luma, np.uint8), _halved(blue), _halved(red))


def _halved(chroma: cv2.typing.MatLike) -> Plane:
    """Samples on the left of each pair of columns and between each pair of rows (ITU-T H.273, chroma sample location
    type 0); FFmpeg's scaler, which knows no places here, would put them half a pixel too far right."""
    rows, columns = chroma.shape
    flat = cv2.resize(chroma, (columns, rows // 2), interpolation=cv2.INTER_LINEAR)  # the mean of each pair of rows
    across = cv2.sepFilter2D(flat, -1, np.array([0.25, 0.5, 0.25]), np.ones(1))
    return np.ascontiguousarray(across[:, ::2], np.uint8)


class Scaler:
    """Decoded frames of any format to our pictures. One for each clip: its tables are costly to make."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def scaled(self, frame: VideoFrame, width: int, height: int) -> Picture:
        """To this even size. High dynamic range and wide gamuts are brought into ours."""
        matrix, transfer, primaries = _matrix(frame), frame.color_trc, frame.color_primaries
        if not differs(transfer, primaries):
            return Picture(
                *_planes(self._sized(frame, (width, height), "yuv420p", matrix, Colorspace.ITU709), np.uint8)
            )
        # FFmpeg would do both, but works two seconds on its table, anew for each chunk
        deep = _planes(self._sized(frame, (width, height), "yuv420p10le", matrix, matrix), np.uint16)
        mapped = tones(transfer, primaries, matrix)
        return Picture(mapped.luma_of(*deep), *mapped.chroma_of(*deep))

    def _sized(self, frame: VideoFrame, size: tuple[int, int], format: str, matrix: int, wanted: int) -> VideoFrame:
        same = (frame.width, frame.height, frame.format.name, matrix) == (*size, format, wanted)
        if same and frame.color_range != ColorRange.JPEG:  # the scaler would copy it, pixel by pixel
            return frame
        return self._reformatter.reformat(
            frame,
            *size,
            format,
            src_colorspace=matrix,
            dst_colorspace=wanted,
            src_color_range=frame.color_range,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA if size[0] < frame.width else Interpolation.BICUBIC,
            threads=1,
        )


def turned(picture: Picture, quarters: int) -> Picture:
    """Turned anticlockwise."""
    if quarters % 4 == 0:
        return picture
    return Picture(*(np.asarray(cv2.rotate(plane, _TURNS[quarters % 4]), np.uint8) for plane in picture.planes))


def _matrix(frame: VideoFrame) -> int:
    """ITU-T H.273: 2 says nothing, 0 is RGB, and nobody films in the others."""
    if frame.colorspace in (1, 4, 5, 6, 7, 9):
        return frame.colorspace
    return int(Colorspace.ITU601 if frame.height <= _STANDARD_DEFINITION else Colorspace.ITU709)


def _planes(frame: VideoFrame, depth: type[Depth]) -> tuple[NDArray[Depth], NDArray[Depth], NDArray[Depth]]:
    """Without the padding at the end of each row."""
    luma, blue, red = (
        np.frombuffer(memoryview(plane), depth).reshape(plane.height, -1)[:, : plane.width] for plane in frame.planes
    )
    return luma, blue, red
