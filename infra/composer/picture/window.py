"""Looking at a picture through a window of any size at any place, with sub-pixel precision."""

from dataclasses import dataclass

import cv2
import numpy as np

from infra.composer.picture.frames import Picture, Plane


@dataclass(frozen=True)
class Window:
    """Its left and top edge in the picture looked at, in pixels from that one's edges, and how many of those
    pixels, across and down, are shown as one."""

    left: float
    top: float
    scale: float


def around_middle(size: tuple[int, int], scale: float) -> Window:
    """A window as large as `size` (width, height) times `scale`, in the middle of a picture of that size."""
    return Window(size[0] * (1 - scale) / 2, size[1] * (1 - scale) / 2, scale)


def look(source: Picture, target: Picture, window: Window, border: int = cv2.BORDER_REPLICATE) -> None:
    """Fill `target` with what the window shows; beyond the edges of `source` OpenCV's `border` is seen.

    Pixels are numbered by their middles: pixel x lies at x + 1/2 from the edge. Chroma samples lie on the left of
    each pair of columns and between each pair of rows (ITU-T H.273, chroma sample location type 0): sample i at
    column 2 i, sample j at row 2 j + 1/2.
    """
    scale = window.scale
    column = window.left + scale / 2 - 0.5
    row = window.top + scale / 2 - 0.5
    _warp(source.luma, target.luma, scale, column, row, border)
    chroma_row = (row + scale / 2 - 0.5) / 2
    _warp(source.blue, target.blue, scale, column / 2, chroma_row, border)
    _warp(source.red, target.red, scale, column / 2, chroma_row, border)


def _warp(source: Plane, target: Plane, scale: float, column: float, row: float, border: int) -> None:
    """`column` and `row`: where in `source` the first pixel's middle looks."""
    cv2.warpAffine(
        source,
        np.array([[scale, 0, column], [0, scale, row]]),
        target.shape[::-1],
        dst=target,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=border,
    )
