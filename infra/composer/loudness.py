"""How loud the film is, and making it as loud as others: −14 LUFS, no peak above −1 dBFS."""

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from infra.composer.sound import RATE, Samples

GOAL = -14.0
#: near-silence is not blown up to noise; limiting is not fought without end
_MOST_GAIN, _MOST_CORRECTION = 20.0, 3.0
#: below this EBU R 128 hears nothing, in LUFS
_GATE = -69.0
#: AAC adds up to a decibel to a peak
_LIMITER = ("alimiter", "limit=-2.2dB:level=disabled:attack=5:release=50:latency=1")


def gain_of(sound: Callable[[], Iterable[Samples]]) -> float:
    """By how much to raise the sound as a whole, in dB. Heard a second time because the limiter takes some
    of it back; `sound` begins anew with each call, so that it need not be kept."""
    measured = _loudness(sound())
    if measured is None:
        return 0.0
    gain = min(GOAL - measured, _MOST_GAIN)
    limited = _loudness(sound(), _volume(gain), _LIMITER)
    return gain if limited is None else gain + min(GOAL - limited, _MOST_CORRECTION)


def levelled(sound: Iterable[Samples], gain: float) -> Iterator[AudioFrame]:
    """Raised or lowered as a whole, which keeps soft and loud apart, and only its peaks limited."""
    return _filtered(sound, _volume(gain), _LIMITER)


def _loudness(sound: Iterable[Samples], *filters: tuple[str, str]) -> float | None:
    """Integrated, in LUFS by EBU R 128; None for silence."""
    measured = -math.inf
    for frame in _filtered(sound, *filters, ("ebur128", "metadata=1")):
        measured = float(frame.metadata.get("lavfi.r128.I", measured))
    return measured if measured > _GATE else None


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
