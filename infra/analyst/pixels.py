"""What grey pixels alone tell of a picture: how sharp it is, and how much two of them differ."""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

#: pictures are measured at this long side in pixels, smaller ones as they are, so that sizes can be compared
LONG_SIDE = 480
#: the variance that counts as half sharp: between camera shake (about 50) and a crisp street (about 2000)
HALF_SHARP = 250.0
#: the mean difference, in grey levels, that counts as half in motion
HALF_MOVED = 12.0


def sharpness(grey: Grey) -> float:
    """0 (blurred) to 1 (crisp): the variance of the Laplacian, squeezed into that range.

    Source: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative
    study", ICPR 2000, §2 (LAPV).
    """
    inner = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    return _squeezed(float(laplacian.var()) if laplacian.size else 0.0, HALF_SHARP)


def motion(before: Grey, after: Grey) -> float:
    """0 (still) to 1, from the mean difference of two pictures of one size."""
    return _squeezed(float(np.abs(after - before).mean()), HALF_MOVED)


def _squeezed(value: float, half: float) -> float:
    return round(value / (value + half), 4)
