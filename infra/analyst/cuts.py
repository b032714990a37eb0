"""Hard cuts in a clip that was put together before: where all that is seen changes from one frame to the next."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infra.analyst.pixels import Colours, difference

#: frames on either side that a change is compared with
AROUND = 3
#: mean differences, in levels of 0 to 255: what a cut changes at least, and that of a still picture's noise
CHANGED, STILL = 12.0, 3.0
#: how many times more a cut changes than camera and subject do meanwhile
SUDDEN = 2.3
#: share of colours that remains, even when the camera has moved on for a second or more
REMAINS = 0.35


@dataclass(frozen=True)
class _Seen:
    at: float
    picture: NDArray[np.int16]
    #: mean difference from the frame before
    change: float
    #: whether frames before it were not decoded
    leap: bool


class CutFinder:
    """Sees every frame that is decoded, in order; keeps only those around the one it decides on."""

    def __init__(self) -> None:
        self.cuts: list[float] = []
        self._seen: deque[_Seen] = deque(maxlen=2 * AROUND + 1)

    def see(self, at: float, tiny: Colours, leap: bool = False) -> None:
        """`leap`: frames before it were not decoded."""
        values = _coarse(tiny)
        before = self._seen[-1] if self._seen else None
        change = difference(values, before.picture) if before and not leap else 0.0
        self._seen.append(_Seen(at, values, change, leap))
        if len(self._seen) > AROUND:
            self._decide(len(self._seen) - 1 - AROUND)

    def finish(self) -> tuple[float, ...]:
        """The seconds at which another shot begins."""
        for number in range(max(1, len(self._seen) - AROUND), len(self._seen)):
            self._decide(number)
        return tuple(round(at, 3) for at in self.cuts)

    def _decide(self, number: int) -> None:
        seen = list(self._seen)
        if number > 0 and (_is_other_place if seen[number].leap else _is_cut)(seen, number):
            self.cuts.append(seen[number].at)


def _is_cut(seen: list[_Seen], number: int) -> bool:
    """More than camera and subject ever move around it, and for good: a flash or a spoilt frame passes."""
    here = seen[number].change
    before, after = seen[max(0, number - AROUND) : number], seen[number : number + AROUND]
    moving = max((one.change for one in (*before[1:], *seen[number + 1 :])), default=0.0)
    if here < CHANGED or here < SUDDEN * max(STILL, moving):
        return False
    return min(difference(one.picture, other.picture) for one in before[-2:] for other in after) >= CHANGED


def _is_other_place(seen: list[_Seen], number: int) -> bool:
    """Across frames that were not decoded only colours can be compared."""
    one, other = (_colours(seen[at].picture) for at in (number - 1, number))
    return float(np.minimum(one, other).sum()) < REMAINS


def _coarse(tiny: Colours) -> NDArray[np.int16]:
    """The means of blocks of 4 × 4, in which what moves a little stays."""
    blocks = tiny.reshape(tiny.shape[0] // 4, 4, tiny.shape[1] // 4, 4, 3)
    return np.asarray(blocks.mean((1, 3)), np.int16)


def _colours(picture: NDArray[np.int16]) -> NDArray[np.float64]:
    """Shares of 64 colours."""
    which = (picture >> 6) @ np.array([16, 4, 1])
    return np.asarray(np.bincount(which.ravel(), minlength=64) / which.size)
