"""What a camera adds to a drawn place: the texture of real things, the sensor's grain, a hand that is not still.

Drawn pictures are smooth and easy to encode; measurements need some that are as hard as real ones.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: standard deviations in grey levels: of all textures together, and of the grain
_TEXTURE, _GRAIN = 14.0, 3.0
#: shares of the height, and how strong textures are there: the sky has few
_GROUND = ((0.4, 0.6), (0.1, 1.0))
#: sizes of the texture's parts in pixels
_PARTS = (1, 2, 4, 8, 16, 32)
#: how far the hand goes astray, in pixels, and how far apart two frames' grain may lie
MARGIN, _SPREAD = 32, 61


class Lens:
    """Sees pictures of one size, `width` and `height` with `MARGIN` more on every side."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self._size = width, height
        self._texture = _texture(width + 2 * MARGIN, height + 2 * MARGIN, seed)
        self._random = np.random.default_rng((seed, 1))
        grain = self._random.normal(0, _GRAIN, (height + _SPREAD, width + _SPREAD, 1))
        self._grain = grain.round().astype(np.int16)

    def seen(self, picture: Image.Image, at: float = 0.0) -> Image.Image:
        """At `at` seconds, by a hand that sways slowly."""
        left, top = round(MARGIN * (1 + 0.9 * math.sin(at * 1.1))), round(MARGIN * (1 + 0.9 * math.sin(at * 1.7)))
        width, height = self._size
        window = np.s_[top : top + height, left : left + width]
        right, down = self._random.integers(0, _SPREAD, 2)
        grain = self._grain[down : down + height, right : right + width]
        levels = np.asarray(picture)[window].astype(np.int16) + self._texture[window] + grain
        return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def _texture(width: int, height: int, seed: int) -> NDArray[np.int16]:
    """Noise of all sizes, as strong in each: what pictures of nature have in common (Field 1987, 1/f)."""
    random = np.random.default_rng((seed, 2))
    sum_of_parts = np.zeros((height, width), np.float32)
    for part in _PARTS:
        noise = random.standard_normal((-(-height // part), -(-width // part)), np.float32)
        sum_of_parts += np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC))
    strength = np.interp(np.arange(height) / height, *_GROUND)[:, None] * _TEXTURE / sum_of_parts.std()
    return (sum_of_parts * strength).round().astype(np.int16)[..., None]
