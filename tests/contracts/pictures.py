"""Pictures made to be measured: discs, spots, slopes; and how to measure them in a film."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.contracts.small_films import Pixels

Values = NDArray[np.float64]


class Planes(NamedTuple):
    luma: Pixels
    blue: Pixels
    red: Pixels


def planes(path: Path) -> list[Planes]:
    """Of each frame, as they are in the file."""
    with av.open(str(path)) as container:
        return [_apart(frame.to_ndarray(), frame.width, frame.height) for frame in container.decode(video=0)]


def _apart(buffer: Pixels, width: int, height: int) -> Planes:
    flat, luma, chroma = buffer.reshape(-1), width * height, width * height // 4
    half = (height // 2, width // 2)
    return Planes(
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    )


# ---------------------------------------------------------------- discs


def disc(size: tuple[int, int], wide: float = 1.0) -> Image.Image:
    """A white disc in the middle of darkness, `wide` times as wide as high, its edge soft by a pixel."""
    x, y = _axes(size)
    radius = min(size[0] / wide, size[1]) / 4
    far = np.hypot((x - size[0] / 2) / wide, y - size[1] / 2)
    return Image.fromarray((255 * np.clip(radius - far + 0.5, 0, 1)).astype(np.uint8)).convert("RGB")


def diameters(luma: Pixels) -> tuple[float, float]:
    """Width and height of the disc, in pixels. What is bright on the backdrop does not touch it."""
    rows, columns = np.nonzero(luma > 200)
    row, column = round(rows.mean()), round(columns.mean())
    return _bright(luma[row].astype(float), column), _bright(luma[:, column].astype(float), row)


def _bright(line: Values, middle: int) -> float:
    """How long it is bright around its middle, its ends found between two pixels."""
    return _way(line[middle:]) + _way(line[middle::-1])


def _way(line: Values) -> float:
    """Until it is half as bright as it can be."""
    half = (16 + 235) / 2
    dark = int(np.argmax(line < half))
    return dark - 1 + (line[dark - 1] - half) / (line[dark - 1] - line[dark])


# ---------------------------------------------------------------- spots


def spot(size: tuple[int, int]) -> Image.Image:
    """An orange spot with a soft edge in the middle of grey."""
    x, y = _axes(size)
    radius = min(size) / 6
    inside = np.clip((radius - np.hypot(x - size[0] / 2, y - size[1] / 2)) / 12 + 0.5, 0, 1)[..., None]
    grey, orange = np.array([90, 90, 90]), np.array([250, 130, 40])
    return Image.fromarray((grey + (orange - grey) * inside + 0.5).astype(np.uint8))


def centres(frame: Planes) -> list[tuple[float, float]]:
    """Where the spot is, in luma pixels, as each plane has it. Luma pixel x is at x; chroma sample i is at column 2 i,
    sample j at row 2 j + 1/2 (ITU-T H.273, chroma sample location type 0)."""
    rows, columns = np.nonzero(frame.luma > (int(frame.luma.max()) + 90) / 2)
    box = [round(values.mean()) + sign * 2 * (np.ptp(values) // 3) for values in (rows, columns) for sign in (-1, 1)]
    top, bottom, left, right = (max(0, edge // 2 * 2) for edge in box)
    x, y = _centre(frame.luma[top:bottom, left:right].astype(float))
    half = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
    chroma = [_centre(255.0 - frame.blue[half]), _centre(frame.red[half].astype(float))]
    return [(left + x, top + y), *((left + 2 * i, top + 2 * j + 0.5) for i, j in chroma)]


def _centre(plane: Values) -> tuple[float, float]:
    """Of what is brighter than its surroundings. Only its edge tells, not the noise inside and out."""
    usual, brightest = np.percentile(plane, (10, 90))
    share = np.clip(((plane - usual) / (brightest - usual) - 0.25) * 2, 0, 1)
    y, x = np.indices(plane.shape)
    return float((share * x).sum() / share.sum()), float((share * y).sum() / share.sum())


def unevenness(path: Values) -> float:
    """How far, in pixels rms, positions are from the smooth curve nearest to them."""
    time = np.linspace(-1, 1, len(path))
    return float((path - np.polyval(np.polyfit(time, path, 4), time)).std())


# ---------------------------------------------------------------- slopes


def slope(size: tuple[int, int]) -> Image.Image:
    """Darkest at one end of the longer side, brightest at the other: brightness says where one looks."""
    steps = np.linspace(40, 240, max(size)).astype(np.uint8)
    row = np.broadcast_to(steps, (min(size), max(size)))
    return Image.fromarray(np.ascontiguousarray(row if size[0] > size[1] else row.T)).convert("RGB")


def place(level: float) -> float:
    """Where on the slope this luma is: 0 to 1."""
    return float(((level - 16) / 219 * 255 - 40) / 200)


# ---------------------------------------------------------------- clips


def write_still(
    path: Path, picture: Image.Image, seconds: float = 0.2, shape: Fraction = Fraction(1), **how: int
) -> Path:
    """A clip that shows one picture: `shape` of its pixels, width to height; `rotation` to undo, in degrees
    anticlockwise."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "4", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
        stream.codec_context.sample_aspect_ratio = shape
        if "rotation" in how:
            stream.set_display_rotation(how["rotation"])
        frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
        for number in range(round(seconds * 30)):
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _axes(size: tuple[int, int]) -> Iterator[Values]:
    """Of each pixel's middle."""
    yield from np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
