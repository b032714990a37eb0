"""How alike two pictures look: the structural similarity of Wang, Bovik, Sheikh, Simoncelli (2004).

"Image quality assessment: from error visibility to structural similarity", IEEE Transactions on Image
Processing 13(4), equation 13, with its window and constants.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Map = NDArray[np.float64]

#: the window's side and spread, in pixels; the constants for 8 bits
_WINDOW, _SPREAD = (11, 11), 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
#: the picture is also judged in tiles of so many pixels, of which one holds a few letters
_TILE = 20


@dataclass(frozen=True)
class Likeness:
    """Structure is 1 in equal pictures: over all of the picture, and in the tile where it is least. `tint` is how
    far the colours of a tile are apart at most, of 255: structure hardly tells."""

    mean: float
    worst: float
    tint: float

    @property
    def good(self) -> bool:
        """Encoders on other machines differ by less, a word or a pan that changed by more."""
        return self.mean > 0.965 and self.worst > 0.87 and self.tint < 8


def likeness(one: Image.Image, other: Image.Image) -> Likeness:
    """Over red, green and blue. Pictures of different sizes are not alike at all."""
    if one.size != other.size:
        return Likeness(0.0, 0.0, 255.0)
    x, y = (np.asarray(picture.convert("RGB"), np.float64) for picture in (one, other))
    structure = _tiles(np.mean([_similarity(x[..., band], y[..., band]) for band in range(3)], axis=0))
    return Likeness(float(structure.mean()), float(structure.min()), float(abs(_tiles(x - y)).max()))


def _tiles(values: Map) -> Map:
    """Averages over each."""
    size = (values.shape[1] // _TILE, values.shape[0] // _TILE)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA))


def _similarity(x: Map, y: Map) -> Map:
    mean_x, mean_y = _local(x), _local(y)
    spread_x, spread_y = _local(x * x) - mean_x**2, _local(y * y) - mean_y**2
    shared = _local(x * y) - mean_x * mean_y
    light = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    structure = (2 * shared + _C2) / (spread_x + spread_y + _C2)
    return np.asarray(light * structure)


def _local(values: Map) -> Map:
    """Averages weighted by a Gaussian."""
    return np.asarray(cv2.GaussianBlur(values, _WINDOW, _SPREAD))
