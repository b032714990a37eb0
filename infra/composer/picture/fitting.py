"""Fitting a picture of any shape into a canvas, never distorted: filling it, or on a blurred copy of itself."""

from dataclasses import dataclass

import cv2
import numpy as np

from infra.composer.picture.frames import Picture, Plane

#: a picture fills the canvas when at least this share of it stays visible; nothing pans over the rest of a clip
FILLS_ABOVE, CLIP_FILLS_ABOVE = 0.5, 0.6
#: a landscape on an upright canvas is a narrow strip: it is made that much larger
WIDER = 1.25
#: the backdrop is made at an eighth of its size: blurred, nobody sees it, and it costs little
_COARSE = 8
_DIM = 0.7
#: black, in limited range
_BLACK = 16


@dataclass(frozen=True)
class Fit:
    """The size, even, to scale a picture to; `fills` when it then covers the canvas in both directions."""

    width: int
    height: int
    fills: bool


def fit(size: tuple[int, int], canvas: tuple[int, int]) -> Fit:
    """Of a clip. `size` and `canvas` are width and height."""
    across, down = canvas[0] / size[0], canvas[1] / size[1]
    fills = min(across, down) / max(across, down) >= CLIP_FILLS_ABOVE
    if fills:
        scale = max(across, down)
        return Fit(max(canvas[0], even(size[0] * scale)), max(canvas[1], even(size[1] * scale)), True)
    if across < down:
        return Fit(even(canvas[0] * WIDER), even(size[1] * across * WIDER), False)
    return Fit(min(canvas[0], even(size[0] * down)), canvas[1], False)


def centred(picture: Picture, canvas: tuple[int, int]) -> Picture:
    """The middle of a picture, cut to the canvas where it is larger."""
    width, height = (min(inner, outer) for inner, outer in zip(picture.size, canvas, strict=True))
    left, top = (picture.size[0] - width) // 4 * 2, (picture.size[1] - height) // 4 * 2
    return _cut(picture, left, top, width, height)


def on_backdrop(picture: Picture, canvas: tuple[int, int]) -> Picture:
    """In the middle of a canvas that a blurred, dimmed copy of it fills; at most as large as that."""
    left, top = ((outer - inner) // 4 * 2 for inner, outer in zip(picture.size, canvas, strict=True))
    luma, blue, red = picture.planes
    width, height = canvas
    backdrop = Picture(
        _dimmed(_backdrop(luma, width, height)),
        _backdrop(blue, width // 2, height // 2),
        _backdrop(red, width // 2, height // 2),
    )
    window = _cut(backdrop, left, top, *picture.size)
    for target, source in zip(window.planes, picture.planes, strict=True):
        target[:] = source
    return backdrop


def _backdrop(plane: Plane, width: int, height: int) -> Plane:
    rows, columns = plane.shape
    scale = max(width / columns, height / rows)
    seen_columns, seen_rows = max(1, int(width / scale)), max(1, int(height / scale))
    top, left = (rows - seen_rows) // 2, (columns - seen_columns) // 2
    seen = np.ascontiguousarray(plane[top : top + seen_rows, left : left + seen_columns])
    coarse = (max(2, width // _COARSE), max(2, height // _COARSE))
    small = cv2.resize(seen, coarse, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(1.0, max(coarse) / 60))
    return np.array(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _dimmed(luma: Plane) -> Plane:
    return np.asarray(cv2.convertScaleAbs(luma, alpha=_DIM, beta=_BLACK * (1 - _DIM)), np.uint8)


def _cut(picture: Picture, left: int, top: int, width: int, height: int) -> Picture:
    """A window into the same pixels; all numbers even."""
    luma = picture.luma[top : top + height, left : left + width]
    halves = slice(top // 2, (top + height) // 2), slice(left // 2, (left + width) // 2)
    return Picture(luma, picture.blue[halves], picture.red[halves])


def even(size: float) -> int:
    """The nearest size that chroma of every second pixel allows, however thin the picture."""
    return max(2, 2 * round(size / 2))
