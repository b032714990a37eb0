"""A photo as a shot: decoded once, then seen through a window that drifts and zooms with sub-pixel precision."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from infra.composer.fitting import FILLS_ABOVE, fit, on_backdrop
from infra.composer.frames import Frame, Picture, Plane, of_rgb, resized
from infra.decode.photos import open_photo, upright_rgb
from internal.film import View

#: the photo is kept this much larger than the canvas, so that it is sharp when zoomed in
CLOSEST = 1.14
#: on a backdrop the whole photo should stay in sight
CLOSEST_ON_BACKDROP = 1.05
#: a photo that lies the way the canvas does fills it above this share: panoramas are panned across
PANORAMA_FILLS_ABOVE = 0.3
#: how much of what is out of sight a pan passes over
_PAN, _PAN_ACROSS = 0.6, 0.9


@dataclass(frozen=True)
class Drift:
    """From and to: zoom (1 is farthest), and where the window is between the edges, 0 to 1."""

    zoom: tuple[float, float]
    across: tuple[float, float]
    down: tuple[float, float]

    def at(self, share: float) -> tuple[float, float, float]:
        """Zoom, across and down when this share of the time has passed. Zoom grows by equal factors, which
        the eye takes for even; all begin and end softly."""
        eased = share * share * (3 - 2 * share)
        zoom = self.zoom[0] * (self.zoom[1] / self.zoom[0]) ** eased
        return zoom, _between(self.across, eased), _between(self.down, eased)


class PhotoShot:
    """`draw` shows any frame of the view's scene."""

    def __init__(self, path: Path, view: View, canvas: tuple[int, int]) -> None:
        self._canvas = canvas
        self._frames = view.of
        self._picture, fills = _prepared(path, canvas)
        self._drift = _drift(view.scene.variation, self._picture.size, canvas, fills)

    def draw(self, number: int, frame: Frame) -> None:
        zoom, across, down = self._drift.at(number / max(1, self._frames - 1))
        scale = CLOSEST / zoom
        left = (self._picture.size[0] - self._canvas[0] * scale) * across
        top = (self._picture.size[1] - self._canvas[1] * scale) * down
        _look(self._picture.luma, frame.luma, scale, left + 0.5 * scale - 0.5, top + 0.5 * scale - 0.5)
        # Chroma samples lie on the left of each pair of columns and between each pair of rows
        # (ITU-T H.273, chroma sample location type 0).
        for source, target in ((self._picture.blue, frame.blue), (self._picture.red, frame.red)):
            _look(source, target, scale, left / 2 + 0.25 * scale - 0.25, top / 2 + 0.5 * scale - 0.5)


def _prepared(path: Path, canvas: tuple[int, int]) -> tuple[Picture, bool]:
    """The photo at the size it is panned at, and whether it fills the canvas."""
    large = (_enlarged(canvas[0]), _enlarged(canvas[1]))
    with path.open("rb") as source, open_photo(source) as photo:
        pixels = np.asarray(upright_rgb(photo, at_least=large))
    height, width = pixels.shape[:2]
    same_way = (width - height) * (canvas[0] - canvas[1]) > 0
    fitted = fit((width, height), large, PANORAMA_FILLS_ABOVE if same_way else FILLS_ABOVE)
    picture = of_rgb(resized(pixels, fitted.width, fitted.height))
    return (picture, True) if fitted.fills else (on_backdrop(picture, large), False)


def _drift(variation: int, size: tuple[int, int], canvas: tuple[int, int], fills: bool) -> Drift:
    """In or out by turns, and along whatever of the photo the canvas cannot show."""
    closest = CLOSEST if fills else CLOSEST_ON_BACKDROP
    zoom = (1.0, closest) if variation % 2 == 0 else (closest, 1.0)
    pan = _PAN_ACROSS if size[0] * canvas[1] > 2 * size[1] * canvas[0] else _PAN
    ends = (0.5 - pan / 2, 0.5 + pan / 2)
    return Drift(zoom, ends if variation % 4 < 2 else ends[::-1], ends if variation % 4 in (1, 2) else ends[::-1])


def _look(source: Plane, target: Plane, scale: float, left: float, top: float) -> None:
    """Fill `target` from a window of `source` whose pixels are `scale` apart."""
    cv2.warpAffine(
        source,
        np.array([[scale, 0, left], [0, scale, top]]),
        target.shape[::-1],
        dst=target,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share


def _enlarged(side: int) -> int:
    return 2 * round(side * CLOSEST / 2)
