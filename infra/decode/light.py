"""The light of a picture on a display, and how wide gamuts and high dynamic range are brought into BT.709.

1 is diffuse white, which HDR has at 203 cd/m² (Rep. ITU-R BT.2408-7, table 1) and SDR at its brightest. Up to about
90 cd/m², faces and greys, everything stays as bright as it was beside that white; above it, highlights are bent down
until 1000 cd/m² are the brightest that SDR has (Rep. ITU-R BT.2390-11, §5.4.1).
"""

import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float64]

#: ITU-T H.273, table 3: transfer functions
PQ, HLG = 16, 18
#: ITU-T H.273, table 2: primaries wider than ours, with the matrix from their linear RGB to that of BT.709
#: (Rep. ITU-R BT.2407-0, §2; SMPTE EG 432-1 for P3 with the white of D65)
_TO_BT709: dict[int, Light] = {
    9: np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]),
    12: np.array([[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]]),
}
#: cd/m²
_WHITE, _PEAK = 203.0, 1000.0
#: Rec. ITU-R BT.1886: what displays make of SDR
_GAMMA = 2.4


def differs(transfer: int, primaries: int) -> bool:
    """Whether pictures with these, as H.273 numbers them, must be brought into ours."""
    return transfer in (PQ, HLG) or primaries in _TO_BT709


def shown(signal: Light, transfer: int, primaries: int) -> Light:
    """Red, green and blue, 0 to 1, as BT.709 has them on an SDR display, of a picture with these, as H.273 numbers
    them."""
    light = _light(signal, transfer) @ _TO_BT709.get(primaries, np.eye(3)).T
    if transfer in (PQ, HLG):
        light = _bent(light)
    within: Light = np.clip(light, 0, 1) ** (1 / _GAMMA)
    return within


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
