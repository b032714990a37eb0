"""How loud a sound is, and making the film as loud as others: −14 LUFS, no peak above −1 dBFS."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from infra.composer.recording import Recording
from infra.composer.sound import RATE, Samples

GOAL = -14.0
#: in dB: near-silence is not blown up to noise; limiting is not fought without end
_MOST_GAIN, _MOST_CORRECTION = 26.0, 6.0
#: in LU: near enough, or no nearer after so many times
_NEAR, _ROUNDS = 0.1, 4
#: below this EBU R 128 hears nothing, in LUFS
_GATE = -69.0
#: AAC adds up to a decibel to a peak
_LIMITER = ("alimiter", "limit=-2.2dB:level=disabled:attack=5:release=50:latency=1")


def loudness(sound: Iterable[Samples]) -> float | None:
    """Integrated, in LUFS by EBU R 128; None for silence, and for less than its 0.4 s."""
    return _measured(_filtered(sound, _METER))


def gain_of(sound: Recording) -> float:
    """By how much to raise the sound as a whole, in dB. Heard several times, because the limiter takes some of
    it back."""
    natural = loudness(sound.pieces())
    if natural is None:
        return 0.0
    wanted = min(GOAL - natural, _MOST_GAIN)
    gain = wanted
    for _ in range(_ROUNDS):
        limited = _measured(_filtered(sound.pieces(), _volume(gain), _LIMITER, _METER))
        missing = natural + wanted - limited if limited is not None else 0.0
        if abs(missing) < _NEAR:
            break
        gain = min(gain + missing, wanted + _MOST_CORRECTION)
    return gain


def levelled(sound: Recording, gain: float) -> Iterator[AudioFrame]:
    """Raised or lowered as a whole, which keeps soft and loud apart, and only its peaks limited."""
    return _filtered(sound.pieces(), _volume(gain), _LIMITER)


_METER = ("ebur128", "metadata=1")


def _measured(metered: Iterable[AudioFrame]) -> float | None:
    last = -math.inf
    for frame in metered:
        last = float(frame.metadata.get("lavfi.r128.I", last))
    return last if last > _GATE else None


def _volume(gain: float) -> tuple[str, str]:
    return "volume", f"{gain:.3f}dB"


def _filtered(sound: Iterable[Samples], *filters: tuple[str, str]) -> Iterator[AudioFrame]:
    """Through a chain of FFmpeg's filters, each a name and its options."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=Fraction(1, RATE))
    chain = [source, *(graph.add(name, options) for name, options in filters), graph.add("abuffersink")]
    graph.link_nodes(*chain).configure()
    at = 0
    for samples in sound:
        graph.push(_frame(samples, at))
        at += len(samples)
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)


def _frame(samples: Samples, at: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="flt", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    return frame


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    """What is ready now."""
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(frame, AudioFrame):
            yield frame
