"""The beats of a piece of music: a steady pulse, laid where notes begin.

Source: Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from infra.analyst.listening import EAR_RATE

#: samples from one look at the spectrum to the next, and of each
HOP, WINDOW = 160, 512
#: looks a second
FRAMES = EAR_RATE // HOP
#: bands of the spectrum, of equal width on the mel scale, up to this many hertz
BANDS, HIGHEST = 40, 8000.0
#: of these, how many are a bass drum's and a bass's; what is this many decibels below the loudest is not heard
LOW, LOUDEST_TO_SOFTEST = 4, 60.0
#: of what is heard, in seconds: longer music goes on as it began, and a film lasts three minutes at most
MOST = 600
#: beats a minute that people tap first, how many octaves around it they accept, and the range that is looked at
LIKELY, OCTAVES = 115.0, 1.2
SLOWEST, FASTEST = 50.0, 210.0
#: what comes back after one beat does so after a bar and two: that tells the beat from three quarters of it
MULTIPLES = (1, 2, 4, 8)
#: and what comes back after these shares of it tells against it, by so much: three half beats are no beat
RIVALS, AGAINST = (2 / 3, 4 / 3), 0.4
#: looks over which a beginning is spread, since players are not machines
SPREAD = np.hanning(7)[1:-1] / 3
#: how much an uneven step costs against a note missed (Ellis's alpha)
STEADY = 400.0
#: how much of what begins must come back a beat later, 0 to 1: below it there is no rhythm
RHYTHM = 0.2

Curve = NDArray[np.float64]


class BeatTracker:
    """Hears mono samples, -1 to 1, at `EAR_RATE`, in pieces of any length; keeps 800 bytes a second of them."""

    def __init__(self) -> None:
        self._rest = np.zeros(WINDOW // 2, np.float32)  # the first look's middle is the first sample
        self._levels: list[NDArray[np.float32]] = []
        self._looks = 0

    def hear(self, samples: NDArray[np.float32]) -> None:
        if self._looks >= MOST * FRAMES:
            return
        heard = np.concatenate([self._rest, np.nan_to_num(samples)])
        looks = max(0, (len(heard) - WINDOW) // HOP + 1)
        if looks:
            windows = np.lib.stride_tricks.sliding_window_view(heard, WINDOW)[::HOP][:looks]
            self._levels.append(_in_decibels(windows))
        self._rest = heard[looks * HOP :]
        self._looks += looks

    def beats(self) -> tuple[float, ...]:
        """In seconds from the first sample; none where there is no rhythm."""
        if not self._levels:
            return ()
        onsets = _onsets(np.concatenate(self._levels))
        period = _period(onsets)
        return tuple(round(float(at) / FRAMES, 3) for at in _tapped(onsets, period)) if period else ()


def _mel_bands() -> NDArray[np.float32]:
    """How much of each of the spectrum's bins goes into each band: overlapping triangles."""
    top = 2595 * math.log10(1 + HIGHEST / 700)
    edges = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / EAR_RATE)[:, None]
    rising, falling = (bins - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - bins) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


_MEL, _HANN = _mel_bands(), np.hanning(WINDOW).astype(np.float32)


def _in_decibels(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.abs(np.fft.rfft(windows * _HANN)).astype(np.float32)
    return np.asarray(20 * np.log10(np.maximum(spectrum @ _MEL, 1e-3)), np.float32)


def _onsets(levels: NDArray[np.float32]) -> Curve:
    """How much begins at each look: what grew louder, in all bands and once more in the lowest, where the drum and
    the bass that carry the beat are; cymbals between the beats sound in all others."""
    heard = np.maximum(levels, levels.max() - LOUDEST_TO_SOFTEST)
    grown = np.maximum(0, np.diff(heard, axis=0, prepend=heard[:1])).astype(np.float64)
    return _levelled(grown.mean(1)) + _levelled(grown[:, :LOW].mean(1))


def _levelled(curve: Curve) -> Curve:
    """Without its slow ups and downs, and of one size."""
    slow = np.convolve(curve, np.ones(FRAMES) / FRAMES, "same") if len(curve) >= FRAMES else curve.mean()
    spread = float(curve.std())
    return (curve - slow) / spread if spread > 1e-6 else np.zeros_like(curve)


def _period(onsets: Curve) -> float:
    """Looks from one beat to the next; 0 when nothing comes back regularly."""
    lags = np.arange(FRAMES * 60 / FASTEST, FRAMES * 60 / SLOWEST, 0.05)
    again = _autocorrelation(np.convolve(onsets, SPREAD, "same"))
    known = [times for times in MULTIPLES if lags[-1] * times < len(again)]
    if len(known) < 2:
        return 0.0
    pulse = _mean_at(again, lags, known) - AGAINST * np.maximum(0, _mean_at(again, lags, RIVALS))
    likely = np.exp(-0.5 * (np.log2(lags * LIKELY / (60 * FRAMES)) / OCTAVES) ** 2)
    best = int(np.argmax(pulse * likely))
    return float(lags[best]) if pulse[best] >= RHYTHM else 0.0


def _mean_at(again: Curve, lags: Curve, multiples: Sequence[float]) -> Curve:
    looks = np.arange(len(again))
    return np.asarray(np.mean([np.interp(lags * times, looks, again) for times in multiples], axis=0))


def _autocorrelation(onsets: Curve) -> Curve:
    """At each lag up to three quarters of the length; 1 at none."""
    count = len(onsets)
    spectrum = np.fft.rfft(onsets, 1 << (2 * count).bit_length())
    products = np.fft.irfft(spectrum * spectrum.conj())[: count * 3 // 4]
    mean = products / np.arange(count, count - len(products), -1)
    return mean / mean[0] if len(mean) and mean[0] > 0 else mean[:0]


def _tapped(onsets: Curve, period: float) -> list[int]:
    """The looks at which a steady hand taps: the best sum of onsets less the cost of uneven steps."""
    back = np.arange(-round(period * 2), -round(period / 2) + 1)
    cost = STEADY * np.log(-back / period) ** 2
    lead = -int(back[0])  # taps before the music, so that its first beat has one to follow
    score = np.concatenate([np.zeros(lead), np.convolve(onsets, SPREAD, "same")])
    before = np.full(len(score), -1)
    for at in range(lead, len(score)):
        steps = score[at + back] - cost
        best = int(np.argmax(steps))
        score[at] += steps[best]
        before[at] = at + back[best]
    return [at - lead for at in _chain(score, before, period) if at >= lead]


def _chain(score: Curve, before: NDArray[np.int64], period: float) -> list[int]:
    """Back from the best of the last beats to the first."""
    tail = max(0, len(score) - round(period))
    at = tail + int(np.argmax(score[tail:]))
    chain = []
    while at >= 0:
        chain.append(at)
        at = int(before[at])
    return chain[::-1]
