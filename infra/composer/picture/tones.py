"""High dynamic range and wide gamuts of clips brought into BT.709: tables made once, looked up for each pixel."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from infra.decode.light import Light, shown

Plane = NDArray[np.uint8]
Deep = NDArray[np.uint16]

#: ITU-T H.273, table 4: shares of red and blue in luma
_BT709_SHARES = (0.2126, 0.0722)
_SHARES = {1: _BT709_SHARES, 9: (0.2627, 0.0593)}
_BT601_SHARES = (0.299, 0.114)
#: codes between the points for which colours are worked out; between them they are interpolated
_LUMA_STEP, _CHROMA_STEP = 8, 16
#: codes of 10 bits
_CODES = 1024


@dataclass(frozen=True)
class Tones:
    """For planes of 10 bits, limited range. `luma` is looked up by coarse chroma and fine luma, `blue` and `red` by
    fine chroma and coarse luma: for that, colours of faces and paint are off by about a code of 8 bits."""

    luma: Plane
    blue: Plane
    red: Plane

    def luma_of(self, luma: Deep, blue: Deep, red: Deep) -> Plane:
        """Chroma half as wide and half as high."""
        place = _place(_nearest(blue, 8), _nearest(red, 8), self.luma.shape)
        wide = cv2.resize(place, luma.shape[::-1], interpolation=cv2.INTER_NEAREST)
        return self.luma.reshape(-1)[wide + (luma >> 1)]

    def chroma_of(self, luma: Deep, blue: Deep, red: Deep) -> tuple[Plane, Plane]:
        coarse = cv2.resize(luma, blue.shape[::-1], interpolation=cv2.INTER_AREA)
        place = _place(_nearest(blue, 4), _nearest(red, 4), self.blue.shape) + _nearest(np.asarray(coarse), 16)
        return self.blue.reshape(-1)[place], self.red.reshape(-1)[place]


@lru_cache(maxsize=4)
def tones(transfer: int, primaries: int, matrix: int) -> Tones:
    """From pictures with these, as H.273 numbers them."""
    codes, chroma = np.arange(0, _CODES + 1, _LUMA_STEP), np.arange(0, _CODES + 1, _CHROMA_STEP)
    blue, red, luma = np.meshgrid(chroma, chroma, codes, indexing="ij")
    signal = _rgb((luma - 64) / 876, (blue - 512) / 896, (red - 512) / 896, _SHARES.get(matrix, _BT601_SHARES))
    of_luma, of_blue, of_red = _ycc(shown(signal, transfer, primaries))
    finer = (_CODES // 4 + 1, _CODES // 4 + 1, _CODES // 16 + 1)
    return Tones(
        luma=_stretched(of_luma, (_CODES // 8 + 1, _CODES // 8 + 1, _CODES // 2 + 1)),
        blue=_stretched(of_blue, finer),
        red=_stretched(of_red, finer),
    )


# ---------------------------------------------------------------- colours


def _rgb(luma: Light, blue: Light, red: Light, shares: tuple[float, float]) -> Light:
    of_red, of_blue = shares
    r, b = luma + 2 * (1 - of_red) * red, luma + 2 * (1 - of_blue) * blue
    g = (luma - of_red * r - of_blue * b) / (1 - of_red - of_blue)
    return np.clip(np.stack((r, g, b), axis=-1), 0, 1)


def _ycc(rgb: Light) -> tuple[Light, Light, Light]:
    """BT.709, in codes of 8 bits, limited range."""
    of_red, of_blue = _BT709_SHARES
    luma = rgb @ np.array([of_red, 1 - of_red - of_blue, of_blue])
    blue, red = (rgb[..., 2] - luma) / (2 - 2 * of_blue), (rgb[..., 0] - luma) / (2 - 2 * of_red)
    return 16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red


# ---------------------------------------------------------------- tables


def _stretched(values: Light, shape: tuple[int, int, int]) -> Plane:
    """Interpolated along each axis, rounded; sheet by sheet, as the whole in floats would take a hundred megabytes."""
    sheets = _between(values.astype(np.float32), 0, shape[0])
    wide = (_between(_between(sheet, 0, shape[1]), 1, shape[2]) for sheet in sheets)
    return np.stack([(sheet + 0.5).astype(np.uint8) for sheet in wide])


def _between(values: NDArray[np.float32], axis: int, count: int) -> NDArray[np.float32]:
    """`count` values, evenly from the first to the last."""
    at = np.linspace(0, values.shape[axis] - 1, count)
    before = np.minimum(at.astype(np.intp), values.shape[axis] - 2)
    share = (at - before).astype(np.float32).reshape([count if one == axis else 1 for one in range(values.ndim)])
    first, second = (np.take(values, index, axis) for index in (before, before + 1))
    between: NDArray[np.float32] = first + (second - first) * share
    return between


def _nearest(codes: Deep, step: int) -> NDArray[np.int32]:
    return ((codes + step // 2) // step).astype(np.int32)


def _place(blue: NDArray[np.int32], red: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """In the flat table, of the first luma there."""
    return (blue * shape[1] + red) * shape[2]
