"""A photo as a shot: decoded once, then seen through a window that drifts and zooms with sub-pixel precision."""

from pathlib import Path

import numpy as np
from PIL import Image

from infra.composer.picture.drift import drift, lay
from infra.composer.picture.fitting import on_backdrop
from infra.composer.picture.frames import Frame, of_rgb
from infra.composer.picture.window import look, widened
from infra.decode.colours import in_srgb
from infra.decode.photos import open_photo, upright_rgb, upright_size
from internal.film import View


class PhotoShot:
    """`draw` shows any frame of the view's scene."""

    def __init__(self, path: Path, view: View, canvas: tuple[int, int]) -> None:
        seconds = view.scene.seconds
        with path.open("rb") as source, open_photo(source) as photo:
            layout = lay(upright_size(photo), canvas, seconds)
            decoded = upright_rgb(photo, at_least=layout.photo)
        # its colours last: far fewer pixels are left once it is as small as it is drawn
        picture = of_rgb(np.asarray(in_srgb(_resized(decoded, layout.photo))))
        self._board = widened(picture if layout.fills else on_backdrop(picture, layout.board))
        self._drift = drift(layout, canvas, seconds, view.scene.variation)
        self._frames = view.of

    def draw(self, number: int, frame: Frame) -> None:
        window = self._drift.at(number / max(1, self._frames - 1))
        look(self._board, frame, window.in_widened())


def _resized(photo: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Averaged where it shrinks, interpolated where it grows."""
    shrinks = size[0] < photo.width
    return photo.resize(size, Image.Resampling.HAMMING if shrinks else Image.Resampling.BICUBIC, reducing_gap=2.0)
