"""High dynamic range and wide gamuts brought into BT.709: tables made once, looked up for each pixel.

Light is told as on a display: 1 is diffuse white, which HDR has at 203 cd/m² (Rep. ITU-R BT.2408-7, table 1) and SDR
at its brightest. Up to about 90 cd/m², faces and greys, everything stays as bright as it was beside that white; above
it, highlights are bent down until 1000 cd/m² are the brightest that SDR has (Rep. ITU-R BT.2390-11, §5.4.1).
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Deep = NDArray[np.uint16]
Light = NDArray[np.float64]

#: ITU-T H.273, table 3: transfer functions
PQ, HLG = 16, 18
#: ITU-T H.273, table 2: primaries wider than ours, with the matrix from their linear RGB to that of BT.709
#: (Rep. ITU-R BT.2407-0, §2; SMPTE EG 432-1 for P3 with the white of D65)
_TO_BT709: dict[int, Light] = {
    9: np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]),
    12: np.array([[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]]),
}
#: ITU-T H.273, table 4: shares of red and blue in luma
_BT709_SHARES = (0.2126, 0.0722)
_SHARES = {1: _BT709_SHARES, 9: (0.2627, 0.0593)}
_BT601_SHARES = (0.299, 0.114)
#: cd/m²
_WHITE, _PEAK = 203.0, 1000.0
#: Rec. ITU-R BT.1886: what displays make of SDR
_GAMMA = 2.4
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


def differs(transfer: int, primaries: int) -> bool:
    """Whether pictures with these, as H.273 numbers them, need our tones."""
    return transfer in (PQ, HLG) or primaries in _TO_BT709


@lru_cache(maxsize=4)
def tones(transfer: int, primaries: int, matrix: int) -> Tones:
    """From pictures with these, as H.273 numbers them."""
    codes, chroma = np.arange(0, _CODES + 1, _LUMA_STEP), np.arange(0, _CODES + 1, _CHROMA_STEP)
    blue, red, luma = np.meshgrid(chroma, chroma, codes, indexing="ij")
    signal = _rgb((luma - 64) / 876, (blue - 512) / 896, (red - 512) / 896, _SHARES.get(matrix, _BT601_SHARES))
    linear = _light(signal, transfer) @ _TO_BT709.get(primaries, np.eye(3)).T
    if transfer in (PQ, HLG):
        linear = _bent(linear)
    of_luma, of_blue, of_red = _ycc(np.clip(linear, 0, 1) ** (1 / _GAMMA))
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


def _light(signal: Light, transfer: int) -> Light:
    """Linear RGB on a display; 1 is diffuse white."""
    if transfer == PQ:
        return _pq_light(signal) / _WHITE
    if transfer == HLG:
        return _hlg_light(signal) / _WHITE
    return signal**_GAMMA


def _hlg_light(signal: Light) -> Light:
    """In cd/m², on a display of 1000 (Rec. ITU-R BT.2100-2, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance: Light = scene @ np.array([0.2627, 0.6780, 0.0593])
    return scene * _PEAK * luminance[..., None] ** 0.2


#: Rec. ITU-R BT.2100-2, table 4
_M1, _M2, _C1, _C2, _C3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875


def _pq_light(signal: Light) -> Light:
    """In cd/m²."""
    root = signal ** (1 / _M2)
    return 10_000 * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)


def _pq_signal(light: Light) -> Light:
    """Of cd/m²."""
    root = (np.asarray(light) / 10_000) ** _M1
    return ((_C1 + _C2 * root) / (1 + _C3 * root)) ** _M2


def _bent(linear: Light) -> Light:
    """The brightest of red, green and blue is brought below 1, the others in proportion, so that hues stay."""
    brightest = np.clip(linear.max(axis=-1), 1e-6, _PEAK / _WHITE)
    white, peak = _pq_signal(np.array([_WHITE, _PEAK]))
    bent = _pq_light(_knee(_pq_signal(brightest * _WHITE) / peak, white / peak) * peak) / _WHITE
    share: Light = bent / brightest
    return linear * share[..., None]


def _knee(signal: Light, most: float) -> Light:
    """0 to 1 brought to 0 to `most`: a straight line, then a Hermite spline (Rep. ITU-R BT.2390-11, §5.4.1)."""
    start = 1.5 * most - 0.5
    t = np.clip((signal - start) / (1 - start), 0, 1)
    spline = (2 * t**3 - 3 * t**2 + 1) * start + (t**3 - 2 * t**2 + t) * (1 - start) + (3 * t**2 - 2 * t**3) * most
    return np.where(signal < start, signal, spline)


# ---------------------------------------------------------------- tables


def _stretched(values: Light, shape: tuple[int, int, int]) -> Plane:
    """Interpolated along each axis, rounded."""
    for axis, count in enumerate(shape):
        at = np.linspace(0, values.shape[axis] - 1, count)
        before = np.minimum(at.astype(np.intp), values.shape[axis] - 2)
        share = np.expand_dims(at - before, tuple(other for other in range(3) if other != axis)).astype(np.float32)
        first, second = (np.take(values, index, axis).astype(np.float32) for index in (before, before + 1))
        values = first + (second - first) * share
    return (values + 0.5).astype(np.uint8)


def _nearest(codes: Deep, step: int) -> NDArray[np.int32]:
    return ((codes + step // 2) // step).astype(np.int32)


def _place(blue: NDArray[np.int32], red: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """In the flat table, of the first luma there."""
    return (blue * shape[1] + red) * shape[2]
