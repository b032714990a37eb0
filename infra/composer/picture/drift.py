"""How a photo is shown over time: laid on a board, over which a window of the film's shape moves.

Whatever the canvas cannot show at once, the window passes over, never faster than is pleasant to watch.
"""

from dataclasses import dataclass

from infra.composer.picture.fitting import FILLS_ABOVE, WIDER, even
from infra.composer.picture.window import Window

Size = tuple[int, int]

#: canvases a second, at its fastest: an object takes four seconds from edge to edge, a step below the seven of
#: the cameraman's rule for 24 frames a second, as a photo has no motion of its own to follow
MOST_SPEED = 0.25
#: shares of its time in which a drift gathers speed, and in which it loses it
_RAMP = 0.2
#: longer than this, to its width or height, it is a panorama: panned from end to end, as large as speed allows
_PANORAMA = 2.0
#: the least share of a panorama that is seen while it is panned
_SEEN = 0.7
#: how much closer the window comes, by how the photo lies; on a backdrop it should stay in sight
_CLOSER, _CLOSER_PANNED, _CLOSER_ON_BACKDROP = 1.14, 1.05, 1.05
#: how many pixels of the board, across and down, are shown as one when the window is closest. With 1, a pixel falls
#: now on one of the board, now between two, and fine detail flickers: by 60 % of its energy from frame to frame; so
#: by 10 %
_DENSITY = 1.2
#: how much of what is out of sight a drift passes over, and where its middle lies: from side to side, and, as
#: faces and horizons are rather above the middle, from top to bottom
_PASSED, _PASSED_PANORAMA = 0.6, 0.96
_MIDDLE_ACROSS, _MIDDLE_DOWN = 0.5, 0.45


@dataclass(frozen=True)
class Layout:
    """`photo`, even, is the size to draw it at, in the middle of the board, which a blurred copy fills where it does
    not. The window comes `closer`; while it is not, `density` pixels of the board are shown as one."""

    photo: Size
    board: Size
    closer: float
    density: float
    panorama: bool

    @property
    def fills(self) -> bool:
        return self.photo == self.board


@dataclass(frozen=True)
class Drift:
    """From and to: zoom (1 is farthest), and where the window is between the board's edges, 0 to 1."""

    canvas: Size
    layout: Layout
    zoom: tuple[float, float]
    across: tuple[float, float]
    down: tuple[float, float]

    def at(self, share: float) -> Window:
        """The window when this share of the time has passed. Zoom grows by equal factors, which the eye takes for
        even."""
        passed = eased(share)
        scale = self.layout.density / (self.zoom[0] * (self.zoom[1] / self.zoom[0]) ** passed)
        room_across, room_down = (
            inner - outer * scale for inner, outer in zip(self.layout.board, self.canvas, strict=True)
        )
        return Window(room_across * _between(self.across, passed), room_down * _between(self.down, passed), scale)


def lay(size: Size, canvas: Size, seconds: float) -> Layout:
    """For a photo of this size that is shown so long."""
    across, down = canvas[0] / size[0], canvas[1] / size[1]
    whole, filling = min(across, down), max(across, down)
    panorama = max(size) > _PANORAMA * min(size)
    fills = whole / filling >= FILLS_ABOVE
    if panorama:
        # the window itself shows one canvas, and passes over what it can reach
        scale = min(filling, max(whole, whole * (1 + _reach(seconds)) / _SEEN))
    elif fills:
        scale = filling
    else:
        scale = whole * (WIDER if across < down else 1.0)
    closer = _closer(scale == filling, panorama)
    density = closer * _DENSITY
    photo = (even(size[0] * scale * density), even(size[1] * scale * density))
    least = (even(canvas[0] * density), even(canvas[1] * density))
    board = (max(photo[0], least[0]), max(photo[1], least[1]))
    return Layout(board if scale == filling else photo, board, closer, density, panorama)


def drift(layout: Layout, canvas: Size, seconds: float, variation: int) -> Drift:
    """In or out by turns, and along whatever of the board the canvas cannot show."""
    zoom = (1.0, layout.closer) if variation % 2 == 0 else (layout.closer, 1.0)
    left, right = _passed(layout, 0, canvas[0], seconds, _MIDDLE_ACROSS)
    top, bottom = _passed(layout, 1, canvas[1], seconds, _MIDDLE_DOWN)
    across = (left, right) if variation % 4 < 2 else (right, left)
    down = (top, bottom) if variation % 4 in (1, 2) else (bottom, top)
    return Drift(canvas, layout, zoom, across, down)


def eased(share: float) -> float:
    """0 to 1 at an even speed but for soft ends, where speed grows and falls evenly."""
    if share > 0.5:
        return 1.0 - eased(1.0 - share)
    if share < _RAMP:
        return share * share / (2 * _RAMP * (1 - _RAMP))
    return (share - _RAMP / 2) / (1 - _RAMP)


def _reach(seconds: float) -> float:
    """Canvases that a drift may pass over in this time."""
    return MOST_SPEED * (1 - _RAMP) * seconds


def _closer(fills: bool, panorama: bool) -> float:
    if not fills:
        return _CLOSER_ON_BACKDROP
    return _CLOSER_PANNED if panorama else _CLOSER


def _passed(layout: Layout, side: int, canvas: int, seconds: float, middle: float) -> tuple[float, float]:
    """Where between the edges the window begins and ends."""
    hidden = layout.board[side] / (canvas * _DENSITY) - 1  # in canvases, when it is closest: it is fastest then
    along = layout.panorama and layout.photo[side] == max(layout.photo)
    most = _PASSED_PANORAMA if along else _PASSED
    passed = min(most, _reach(seconds) / hidden) if hidden > 0 else 0.0
    begin = min(max(0.0, middle - passed / 2), 1.0 - passed)
    return begin, begin + passed


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share
