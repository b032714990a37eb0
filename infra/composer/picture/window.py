"""Looking at a picture through a window of any size at any place, with sub-pixel precision."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from infra.composer.picture.frames import Picture, Plane

#: pixels, even, that `widened` adds on the left and top, and on the right and bottom: what a resized section of a
#: picture shows there is cut off
BEFORE, BEHIND = 256, 8
#: how many pixels more than are wanted may be drawn before them; one at least, as enlarging spoils the outermost one
_AHEAD = np.arange(1, 129)
#: how far, in pixels of the source, what is drawn may lie from where it should, at its edges; in its middle it does not
_NEAR = 0.02


@dataclass(frozen=True)
class Window:
    """Its left and top edge in the picture looked at, in pixels from that one's edges, and how many of those
    pixels, across and down, are shown as one."""

    left: float
    top: float
    scale: float

    def in_widened(self) -> "Window":
        """The same one, in the picture `widened`."""
        return Window(self.left + BEFORE, self.top + BEFORE, self.scale)


def around_middle(size: tuple[int, int], scale: float) -> Window:
    """A window as large as `size` (width, height) times `scale`, in the middle of a picture of that size."""
    return Window(size[0] * (1 - scale) / 2, size[1] * (1 - scale) / 2, scale)


def widened(picture: Picture) -> Picture:
    """With more around it, which is not seen but lets `look` be quick wherever the window is."""
    return Picture(*(_widened(plane, picture.size[0] // plane.shape[1]) for plane in picture.planes))


def look(source: Picture, target: Picture, window: Window, border: int = cv2.BORDER_REPLICATE) -> None:
    """Fill `target` with what the window shows; beyond the edges of `source` OpenCV's `border` is seen.

    Pixels are numbered by their middles: pixel x lies at x + 1/2 from the edge. Chroma samples lie on the left of
    each pair of columns and between each pair of rows (ITU-T H.273, chroma sample location type 0): sample i at
    column 2 i, sample j at row 2 j + 1/2.
    """
    scale = window.scale
    column = window.left + scale / 2 - 0.5
    row = window.top + scale / 2 - 0.5
    _look((source.luma,), (target.luma,), scale, (column, row), border)
    chroma_row = (row + scale / 2 - 0.5) / 2
    _look((source.blue, source.red), (target.blue, target.red), scale, (column / 2, chroma_row), border)


def _look(
    sources: tuple[Plane, ...], targets: tuple[Plane, ...], scale: float, first: tuple[float, float], border: int
) -> None:
    """`first`: at which column and row of a source the first pixel's middle looks. Planes are of one size each."""
    height, width = targets[0].shape
    across = _section(first[0], scale, width, sources[0].shape[1])
    down = _section(first[1], scale, height, sources[0].shape[0])
    for source, target in zip(sources, targets, strict=True):
        if across and down:
            _resize(source, target, across, down)
        else:
            _warp(source, target, scale, first, border)


# ---------------------------------------------------------------- resizing


@dataclass(frozen=True)
class _Section:
    """Source pixels, `begin` to `end`, that are resized by `factor`; the first `ahead` of what comes out are not
    wanted."""

    begin: int
    end: int
    factor: float
    ahead: int


def _section(first: float, scale: float, wanted: int, size: int) -> _Section | None:
    """Resizing takes a third of the time of warping, but of whole pixels only. So more is drawn than is wanted, by
    as many pixels as bring the first one back to a whole pixel of the source, next to exactly; the rest is made up
    by the scale. None where no number does, as for a scale of 5/4, and where the source has too little around."""
    edges = first + 0.5 - (_AHEAD + 0.5) * scale
    begins = np.rint(edges)
    near = (abs(edges - begins) <= _NEAR) & (begins >= 0)
    which = int(near.argmax())
    if not near[which]:
        return None
    ahead, begin = int(_AHEAD[which]), int(begins[which])
    scale += float(edges[which] - begin) / (ahead + wanted / 2)
    end = begin + math.ceil((ahead + wanted) * scale) + 1
    return _Section(begin, end, 1 / scale, ahead) if end <= size else None


def _resize(source: Plane, target: Plane, across: _Section, down: _Section) -> None:
    drawn = cv2.resize(
        source[down.begin : down.end, across.begin : across.end],
        None,
        fx=across.factor,
        fy=down.factor,
        interpolation=cv2.INTER_LINEAR,
    )
    height, width = target.shape
    np.copyto(target, drawn[down.ahead : down.ahead + height, across.ahead : across.ahead + width])


def _widened(plane: Plane, part: int) -> Plane:
    before, behind = BEFORE // part, BEHIND // part
    return np.asarray(cv2.copyMakeBorder(plane, before, behind, before, behind, cv2.BORDER_REPLICATE), np.uint8)


# ---------------------------------------------------------------- warping


def _warp(source: Plane, target: Plane, scale: float, first: tuple[float, float], border: int) -> None:
    cv2.warpAffine(
        source,
        np.array([[scale, 0, first[0]], [0, scale, first[1]]]),
        target.shape[::-1],
        dst=target,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=border,
    )
